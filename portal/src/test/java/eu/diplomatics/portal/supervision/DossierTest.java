package eu.diplomatics.portal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.portal.access.ShownAccess;
import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.registry.FoundAccesses.Citizen;
import eu.diplomatics.portal.registry.FoundAccesses.Details;
import eu.diplomatics.portal.registry.FoundAccesses.Disclosed;
import eu.diplomatics.portal.registry.FoundAccesses.Row;
import eu.diplomatics.portal.registry.FoundAccesses.Under;
import eu.diplomatics.portal.registry.Seal;
import eu.diplomatics.portal.registry.Seal.Copy;
import eu.diplomatics.portal.registry.Seal.Tree;
import eu.diplomatics.portal.registry.Seal.Witness;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.ResourceBundleMessageSource;

/** R32, R28: what is handed to a person holds what they are told and nothing that is kept from them; a broken seal is never said to hold. */
class DossierTest {
    private static final Locale ENGLISH = Locale.of("en", "IE");
    private static final Instant AT = Instant.parse("2026-11-23T08:00:00Z");

    private final Words words = new Words(messages());

    private static ResourceBundleMessageSource messages() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("text/pages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return messages;
    }

    private static Row row(String id, String caller, @Nullable Boolean sees, String outcome) {
        return new Row(
                id,
                AT,
                "01ab",
                sees,
                new Details(
                        caller,
                        "inquiry",
                        "case-of-the-agency",
                        "clerk-of-the-agency",
                        new Under(2, "Police Act", new Citizen("Somebody looked.", "IMMEDIATELY", null, null)),
                        "CONSULT",
                        null,
                        outcome,
                        null,
                        List.of(new Disclosed("r-1", 1), new Disclosed("r-1", 2))));
    }

    private Dossier dossier(Row... rows) {
        return Dossier.of(List.of(), List.of(rows), true, words, ENGLISH);
    }

    @Test
    void what_is_kept_back_or_cannot_be_judged_is_for_the_officer_alone() {
        Dossier dossier = dossier(
                row("told", "AGENCY:vdab", true, "FOUND"),
                row("withheld", "AGENCY:police", false, "FOUND"),
                row("unknown", "AGENCY:police", null, "FOUND"),
                new Row("changed", AT, null, true, null));
        assertThat(dossier.looks()).extracting(ShownAccess::id).containsExactly("told");
        assertThat(dossier.keptBack()).hasSize(3);
        assertThat(dossier.keptBack().getLast().who()).as("not what was sealed").isNull();
    }

    @Test
    void the_person_reads_what_they_read_on_their_own_pages_without_clerk_and_case() {
        ShownAccess look =
                dossier(row("told", "AGENCY:vdab", true, "FOUND")).looks().getFirst();
        assertThat(look.who().text()).isEqualTo("VDAB, the Flemish employment service");
        assertThat(look.told()).isEqualTo("Somebody looked.");
        assertThat(look.legalBasis()).isEqualTo("Police Act");
        assertThat(look.outcome()).isEqualTo("1 qualification was shown");
        assertThat(look.toString()).doesNotContain("clerk-of-the-agency", "case-of-the-agency");
        assertThat(dossier(row("own", "CITIZEN", true, "FOUND"))
                        .looks()
                        .getFirst()
                        .self())
                .isTrue();
        assertThat(dossier(row("own", "CITIZEN:01ab", true, "NOT_ALLOWED"))
                        .looks()
                        .getFirst()
                        .self())
                .isTrue();
        assertThat(dossier(row("case", "AGENCY:vdab", true, "OPENED"))
                        .looks()
                        .getFirst()
                        .outcome())
                .isEqualTo("From then on the organisation was told of changes");
        ShownAccess other = dossier(row("other", "CITIZEN:02cd", true, "NOT_ALLOWED"))
                .looks()
                .getFirst();
        assertThat(other.self()).isFalse();
        assertThat(other.outcome()).isEqualTo("Refused; nothing was shown");
        assertThat(dossier(row("dpo", "DPO:jan", true, "FOUND"))
                        .looks()
                        .getFirst()
                        .who()
                        .text())
                .isEqualTo("The data-protection officer");
    }

    @Test
    void the_officer_reads_who_asked_for_which_case_and_what_was_refused() {
        ShownRow shown = ShownRow.of(row("r", "AGENCY:police", false, "QUOTA_EXCEEDED"), true, words, ENGLISH);
        assertThat(shown.who()).isEqualTo("Agency police");
        assertThat(shown.keptBack()).isTrue();
        assertThat(shown.lines())
                .extracting(ShownRow.Line::text)
                .contains(
                        "case-of-the-agency",
                        "clerk-of-the-agency",
                        "Refused: QUOTA_EXCEEDED",
                        "version 2",
                        "Police Act",
                        "at once",
                        "01ab");
        assertThat(ShownRow.of(row("c", "AGENCY:vdab", true, "OPENED"), true, words, ENGLISH)
                        .lines())
                .extracting(ShownRow.Line::text)
                .contains("A case was opened");
    }

    private String state(String signature, @Nullable String halted, @Nullable String witness, @Nullable String copy) {
        return ShownSeal.of(
                        new Seal(
                                new Tree("log", signature, 5, AT, 1, false, halted, List.of("key"), "note"),
                                witness == null ? null : new Witness("witness", witness, AT),
                                copy == null ? null : new Copy(4, 1, 3, copy)),
                        words,
                        ENGLISH)
                .state();
    }

    @Test
    void a_seal_holds_only_where_the_log_and_the_witness_signed_and_nothing_contradicts() {
        assertThat(state("VALID", null, "VALID", null)).isEqualTo("holds");
        assertThat(state("VALID", null, "VALID", "NONE")).isEqualTo("holds");
        assertThat(state("VALID", null, null, null)).as("without a witness").isEqualTo("partly");
        assertThat(state("VALID", null, "UNREACHABLE", null)).isEqualTo("partly");
        assertThat(state("NONE", null, "WAITING", null)).isEqualTo("partly");
        assertThat(state("VALID", null, "VALID", "UNREACHABLE"))
                .as("the copy is behind")
                .isEqualTo("holds");
        assertThat(List.of(
                        state("INVALID", null, "VALID", null),
                        state("VALID", "LOG_CUT", "VALID", null),
                        state("VALID", null, "CONTRADICTED", null),
                        state("VALID", null, "INVALID", null),
                        state("VALID", null, "VALID", "LOG_GAP")))
                .containsOnly("broken");
    }
}
