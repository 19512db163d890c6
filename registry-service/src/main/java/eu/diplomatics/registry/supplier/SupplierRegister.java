package eu.diplomatics.registry.supplier;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent.InstitutionListed;
import eu.diplomatics.qualification.DomainEvent.SupplierAdmitted;
import eu.diplomatics.qualification.DomainEvent.SupplierEvent;
import eu.diplomatics.qualification.DomainEvent.SupplierWithdrawn;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.ListedInstitution;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.SupplierTerms;
import eu.diplomatics.qualification.Suppliers;
import eu.diplomatics.qualification.Suppliers.Admitted;
import eu.diplomatics.qualification.Suppliers.Listed;
import eu.diplomatics.qualification.Suppliers.Noted;
import eu.diplomatics.registry.reference.Known;
import eu.diplomatics.registry.reference.Outcome;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.registry.reference.ReferenceStream.Decision;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.InstitutionsNow;
import eu.diplomatics.vault.OpenedEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Suppliers and institutions, and how they are changed: what a file says, and every change since. A change holds within
 * seconds, in each instance. While the log is away it goes on with what it knew: nothing is registered then anyway. Where there
 * is a change that does not open, it knows nobody.
 */
final class SupplierRegister implements InstitutionsNow {
    private static final Set<String> TYPES =
            Set.of(SupplierAdmitted.TYPE, SupplierWithdrawn.TYPE, InstitutionListed.TYPE);

    private static final Rejection NO_SUPPLIER =
            new Rejection(RejectionCode.MALFORMED, "/suppliers", "each must be a supplier that is admitted");

    private final Institutions file;
    private final ReferenceStream stream;
    private final Known<Institutions> known;

    SupplierRegister(Institutions file, ReferenceStream stream, EventReader log) {
        this.file = file;
        this.stream = stream;
        this.known = new Known<>(log, TYPES, () -> file.with(Suppliers.of(noted(stream.events()))));
    }

    Institutions ofFile() {
        return file;
    }

    /** All changes, the oldest first. */
    List<Noted> changes() {
        return noted(stream.events());
    }

    private static List<Noted> noted(List<OpenedEvent> events) {
        return events.stream()
                .map(opened -> {
                    if (!(opened.event() instanceof SupplierEvent event)) {
                        throw new KeysUnavailableException("the register of suppliers does not open");
                    }
                    return new Noted(
                            event,
                            opened.metadata().actor(),
                            opened.metadata().reason(),
                            opened.stored().recordedAt());
                })
                .toList();
    }

    @Override
    public Institutions now() {
        return known.now();
    }

    /** @param expected version that the change builds on, 0 for what the file says; null when nobody changed it yet */
    Outcome<Admitted> admit(SupplierTerms terms, @Nullable Long expected, EventMetadata metadata) {
        Outcome<Admitted> outcome = stream.change(
                metadata,
                events -> {
                    Admitted before = suppliers(events).supplier(terms.id()).orElse(null);
                    boolean same = before != null
                            && before.withdrawal() == null
                            && before.terms().equals(terms);
                    long version = before == null
                            ? Outcome.ofFile(file.supplier(terms.id()).isPresent())
                            : before.version();
                    return Outcome.decide(before, version, same, expected, new SupplierAdmitted(terms));
                },
                events -> new Outcome.Done<>(
                        suppliers(events).supplier(terms.id()).orElseThrow(), true));
        known.forget();
        return outcome;
    }

    /** Of a supplier that only the file knows, too. */
    Outcome<Admitted> withdraw(String id, String reasonCode, EventMetadata metadata) {
        Outcome<Admitted> outcome = stream.change(
                metadata,
                events -> {
                    Admitted before = suppliers(events).supplier(id).orElse(null);
                    if (before != null && before.withdrawal() != null) {
                        return Decision.of(new Outcome.Done<>(before, false));
                    }
                    return Optional.ofNullable(before)
                            .map(Admitted::terms)
                            .or(() -> file.supplier(id)
                                    .map(said -> new SupplierTerms(id, said.name(), said.legacyWide())))
                            .map(terms -> Decision.<Outcome<Admitted>>append(new SupplierWithdrawn(terms, reasonCode)))
                            .orElseGet(() -> Decision.of(new Outcome.Unknown<>()));
                },
                events -> new Outcome.Done<>(suppliers(events).supplier(id).orElseThrow(), true));
        known.forget();
        return outcome;
    }

    /** @param expected version that the change builds on, 0 for what the file says; null when nobody changed it yet */
    Outcome<Listed> list(ListedInstitution institution, @Nullable Long expected, EventMetadata metadata) {
        Outcome<Listed> outcome = stream.change(
                metadata,
                events -> {
                    Suppliers suppliers = suppliers(events);
                    Institutions all = file.with(suppliers);
                    for (String supplier : institution.suppliers()) {
                        if (all.supplier(supplier).isEmpty()) {
                            return Decision.of(new Outcome.Refused<>(List.of(NO_SUPPLIER)));
                        }
                    }
                    Listed before = suppliers.institution(institution.number()).orElse(null);
                    long version = before == null
                            ? Outcome.ofFile(
                                    file.institution(institution.number()).isPresent())
                            : before.version();
                    boolean same = before != null && before.institution().equals(institution);
                    return Outcome.decide(before, version, same, expected, new InstitutionListed(institution));
                },
                events -> new Outcome.Done<>(
                        suppliers(events).institution(institution.number()).orElseThrow(), true));
        known.forget();
        return outcome;
    }

    private static Suppliers suppliers(List<OpenedEvent> events) {
        return Suppliers.of(noted(events));
    }
}
