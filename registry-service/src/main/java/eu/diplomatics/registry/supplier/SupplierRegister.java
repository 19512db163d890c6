package eu.diplomatics.registry.supplier;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent.InstitutionListed;
import eu.diplomatics.qualification.DomainEvent.SupplierAdmitted;
import eu.diplomatics.qualification.DomainEvent.SupplierEvent;
import eu.diplomatics.qualification.DomainEvent.SupplierWithdrawn;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.ListedInstitution;
import eu.diplomatics.qualification.SupplierTerms;
import eu.diplomatics.qualification.Suppliers;
import eu.diplomatics.qualification.Suppliers.Admitted;
import eu.diplomatics.qualification.Suppliers.Listed;
import eu.diplomatics.qualification.Suppliers.Noted;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.registry.reference.ReferenceStream.Decision;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.InstitutionsNow;
import eu.diplomatics.vault.OpenedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suppliers and institutions, and how they are changed: what a file says, and every change since. A change holds within
 * seconds, in each instance. While the log is away it goes on with what it knew: nothing is registered then anyway. Where there
 * is a change that does not open, it knows nobody.
 */
final class SupplierRegister implements InstitutionsNow {
    private static final Logger LOG = LoggerFactory.getLogger(SupplierRegister.class);
    /** After that a look decides whether anything changed. */
    private static final Duration FRESH = Duration.ofSeconds(1);
    /** So long the others go on with what was known while one looks. */
    private static final Duration TOLERABLE = Duration.ofSeconds(5);

    /** No version of anything. */
    private static final long NONE = -1;

    private static final Set<String> TYPES =
            Set.of(SupplierAdmitted.TYPE, SupplierWithdrawn.TYPE, InstitutionListed.TYPE);

    private final Institutions file;
    private final ReferenceStream stream;
    private final EventReader log;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Known known;

    SupplierRegister(Institutions file, ReferenceStream stream, EventReader log) {
        this.file = file;
        this.stream = stream;
        this.log = log;
    }

    /** @param position up to where the log was looked through for changes */
    private record Known(Institutions institutions, long position, long nanos) {
        boolean isYoungerThan(Duration age) {
            return System.nanoTime() - nanos < age.toNanos();
        }
    }

    /** What became of a change. */
    sealed interface Outcome<T> {
        /** @param now false when it was so already */
        record Done<T>(T changed, boolean now) implements Outcome<T> {}

        /** There is one, and the request does not say which version it builds on. */
        record VersionMissing<T>() implements Outcome<T> {}

        record Stale<T>() implements Outcome<T> {}

        record Unknown<T>() implements Outcome<T> {}

        /** @param supplier an id that nobody has */
        record NoSupplier<T>(String supplier) implements Outcome<T> {}
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
        Known before = known;
        if (before != null && before.isYoungerThan(FRESH)) {
            return before.institutions();
        }
        // one looks; the others go on with what was known seconds ago
        if (!looking.tryLock()) {
            if (before != null && before.isYoungerThan(TOLERABLE)) {
                return before.institutions();
            }
            looking.lock();
        }
        try {
            Known other = known;
            if (other != null && other.isYoungerThan(FRESH)) {
                return other.institutions();
            }
            Known now = look(other);
            known = now;
            return now.institutions();
        } finally {
            looking.unlock();
        }
    }

    private Known look(@Nullable Known before) {
        long asked = System.nanoTime();
        try {
            long head = log.head().position();
            if (before != null
                    && (head <= before.position()
                            || log.occurrences(before.position(), head, TYPES).isEmpty())) {
                return new Known(before.institutions(), Math.max(head, before.position()), asked);
            }
            return new Known(file.with(Suppliers.of(changes())), head, asked);
        } catch (LogUnavailableException e) {
            if (before == null) {
                throw e;
            }
            LOG.warn("the register of suppliers cannot be looked up: the log is away");
            return new Known(before.institutions(), before.position(), System.nanoTime());
        }
    }

    /** A change of this instance's holds here at once. */
    private void forget() {
        looking.lock();
        try {
            Known last = known;
            if (last != null) {
                known = new Known(last.institutions(), last.position(), System.nanoTime() - TOLERABLE.toNanos());
            }
        } finally {
            looking.unlock();
        }
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
                    long version = before == null ? ofFile(file.supplier(terms.id())) : before.version();
                    return decision(before, version, same, expected, new SupplierAdmitted(terms));
                },
                events -> new Outcome.Done<>(
                        suppliers(events).supplier(terms.id()).orElseThrow(), true));
        forget();
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
        forget();
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
                            return Decision.of(new Outcome.NoSupplier<>(supplier));
                        }
                    }
                    Listed before = suppliers.institution(institution.number()).orElse(null);
                    long version = before == null ? ofFile(file.institution(institution.number())) : before.version();
                    boolean same = before != null && before.institution().equals(institution);
                    return decision(before, version, same, expected, new InstitutionListed(institution));
                },
                events -> new Outcome.Done<>(
                        suppliers(events).institution(institution.number()).orElseThrow(), true));
        forget();
        return outcome;
    }

    /** The version of what nobody changed yet: 0 where the file says something, else none. */
    private static long ofFile(Optional<?> said) {
        return said.isPresent() ? 0 : NONE;
    }

    private static <T> Decision<Outcome<T>> decision(
            @Nullable T before, long version, boolean same, @Nullable Long expected, SupplierEvent change) {
        if (before != null && same) {
            return Decision.of(new Outcome.Done<>(before, false));
        }
        if (before != null && expected == null) {
            return Decision.of(new Outcome.VersionMissing<>());
        }
        return expected == null || expected == version ? Decision.append(change) : Decision.of(new Outcome.Stale<>());
    }

    private static Suppliers suppliers(List<OpenedEvent> events) {
        return Suppliers.of(noted(events));
    }
}
