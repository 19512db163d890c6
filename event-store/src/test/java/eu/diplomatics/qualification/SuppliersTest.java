package eu.diplomatics.qualification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import eu.diplomatics.qualification.DomainEvent.InstitutionListed;
import eu.diplomatics.qualification.DomainEvent.SupplierAdmitted;
import eu.diplomatics.qualification.DomainEvent.SupplierEvent;
import eu.diplomatics.qualification.DomainEvent.SupplierWithdrawn;
import eu.diplomatics.qualification.Suppliers.Admitted;
import eu.diplomatics.qualification.Suppliers.Noted;
import eu.diplomatics.taxonomy.Institutions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** R04: suppliers and institutions as data with history, laid over what a file says. */
class SuppliersTest {
    private static final String NUMBER = "999999";
    private static final SupplierTerms TERMS = new SupplierTerms("new-academy", "New Academy", false);
    private static final SupplierEvent ADMITTED = new SupplierAdmitted(TERMS);
    private static final SupplierEvent LISTED = listed("new-academy");
    private static final SupplierEvent WITHDRAWN = new SupplierWithdrawn(TERMS, "CLOSED");

    private static SupplierEvent listed(String... suppliers) {
        return new InstitutionListed(
                new ListedInstitution(NUMBER, "New Academy", "Universiteit", "Leuven", List.of(suppliers)));
    }

    private static List<Noted> noted(SupplierEvent... events) {
        return List.of(events).stream()
                .map(event -> new Noted(event, "controller:led", "because", Instant.EPOCH))
                .toList();
    }

    private static Optional<Rejection> check(String supplier, SupplierEvent... events) {
        return Institutions.sample()
                .with(Suppliers.of(noted(events)))
                .check(supplier, new Basis.Institution("New Academy", NUMBER), Mode.STRICT);
    }

    @Test
    void who_is_admitted_registers_for_what_lists_it_until_it_is_withdrawn() {
        assertThat(check("new-academy")).isPresent();
        assertThat(check("new-academy", ADMITTED)).isPresent();
        assertThat(check("new-academy", ADMITTED, LISTED)).isEmpty();
        assertThat(check("kuleuven", ADMITTED, LISTED)).isPresent();
        assertThat(check("new-academy", ADMITTED, LISTED, listed("kuleuven"))).isPresent();
        assertThat(check("kuleuven", ADMITTED, LISTED, listed("kuleuven"))).isEmpty();
        assertThat(check("new-academy", ADMITTED, LISTED, WITHDRAWN))
                .map(Rejection::code)
                .contains(RejectionCode.SUPPLIER_WITHDRAWN);
        assertThat(check("new-academy", ADMITTED, LISTED, WITHDRAWN, ADMITTED)).isEmpty();
    }

    @Test
    void what_nobody_changed_stays_as_the_file_says() {
        Institutions before = Institutions.sample();
        Institutions after = before.with(Suppliers.of(noted(ADMITTED, LISTED)));
        assertThat(after.supplier("kuleuven")).isEqualTo(before.supplier("kuleuven"));
        assertThat(after.suppliers()).hasSize(before.suppliers().size() + 1);
        assertThat(after.institutions()).hasSize(before.institutions().size() + 1);
        Institutions.Supplier one = before.supplier("kuleuven").orElseThrow();
        Institutions renamed = before.with(
                Suppliers.of(noted(new SupplierAdmitted(new SupplierTerms("kuleuven", "Another name", true)))));
        assertThat(renamed.supplier("kuleuven"))
                .contains(new Institutions.Supplier("kuleuven", "Another name", true, one.institutions()));
    }

    @Test
    void each_version_is_counted_for_itself() {
        List<Noted> events = noted(ADMITTED, LISTED, listed(), WITHDRAWN, ADMITTED);
        assertThat(Suppliers.historyOfSupplier(events, "new-academy"))
                .extracting(Admitted::version, Admitted::withdrawal)
                .containsExactly(tuple(1L, null), tuple(2L, "CLOSED"), tuple(3L, null));
        assertThat(Suppliers.historyOfInstitution(events, NUMBER))
                .extracting(version -> version.institution().suppliers())
                .containsExactly(List.of("new-academy"), List.of());
        assertThat(Suppliers.historyOfSupplier(events, "another")).isEmpty();
    }

    @Test
    void a_supplier_that_only_the_file_knows_is_withdrawn_too() {
        Institutions.Supplier said = Institutions.sample().supplier("ugent").orElseThrow();
        List<Noted> events =
                noted(new SupplierWithdrawn(new SupplierTerms("ugent", said.name(), said.legacyWide()), "CLOSED"));
        Institutions without = Institutions.sample().with(Suppliers.of(events));
        assertThat(without.supplier("ugent")).isEmpty();
        assertThat(without.isWithdrawn("ugent")).isTrue();
        assertThat(without.isWithdrawn("kuleuven")).isFalse();
        assertThat(Suppliers.historyOfSupplier(events, "ugent"))
                .extracting(Admitted::version)
                .containsExactly(1L);
    }

    @Test
    void what_is_withdrawn_is_not_withdrawn_again() {
        assertThatThrownBy(() -> Suppliers.of(noted(ADMITTED, WITHDRAWN, WITHDRAWN)))
                .isInstanceOf(IllegalStateException.class);
    }

    private static List<SupplierEvent> events() {
        return List.of(ADMITTED, LISTED, WITHDRAWN, listed());
    }

    @ParameterizedTest
    @MethodSource("events")
    void each_event_is_read_as_it_was_written(SupplierEvent event) {
        EventCodec codec = new EventCodec();
        byte[] body = codec.encode(
                new UUID(0, 1), event, new EventMetadata("controller:led", "api", "because", "0".repeat(32)));
        assertThat(codec.decode(event.type(), 1, body).event()).isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "ku-leuven", "0a", "a-1"})
    void an_id_is_lower_case_letters_digits_and_hyphens(String id) {
        assertThat(SupplierTerms.isId(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "A", "a b", "a_b", "é"})
    void anything_else_is_none(String id) {
        assertThat(SupplierTerms.isId(id)).isFalse();
    }

    @Test
    void what_is_missing_or_unknown_is_named() {
        RequestRules rules = Examples.STRICT;
        assertThat(SupplierJson.readSupplier("{\"nme\":\"x\"}".getBytes(UTF_8), rules, "a")
                        .toString())
                .contains("/nme", "/name", "/reason");
        assertThat(SupplierJson.readInstitution(
                                "{\"name\":\"x\",\"type\":\"y\",\"suppliers\":[\"A B\"],\"reason\":\"z\"}"
                                        .getBytes(UTF_8),
                                rules,
                                NUMBER)
                        .toString())
                .contains("/suppliers");
    }
}
