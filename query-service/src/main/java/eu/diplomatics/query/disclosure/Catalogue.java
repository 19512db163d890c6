package eu.diplomatics.query.disclosure;

import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.qualification.DomainEvent.MandateEvent;
import eu.diplomatics.qualification.Mandates;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Key;
import eu.diplomatics.qualification.Mandates.Noted;
import eu.diplomatics.vault.OpenedEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The mandates in force. Read from the log's own store, so that a withdrawal holds within seconds also while Kafka or the
 * projection is down; from the projection while the store is down. What cannot be read or opened is no mandate: agencies are
 * then answered 503.
 */
@Component
final class Catalogue {
    /** After that a look decides whether anything changed. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    /** As long as somebody else looks. */
    private static final Duration TOLERABLE = Duration.ofSeconds(5);

    private static final ZoneId BELGIUM = ZoneId.of("Europe/Brussels");

    private final ReferenceRecords records;
    private final SampleMandate sample;
    private final InstantSource clock;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Known known;

    @Autowired
    Catalogue(ReferenceRecords records, SampleMandate sample) {
        this(records, sample, InstantSource.system());
    }

    Catalogue(ReferenceRecords records, SampleMandate sample, InstantSource clock) {
        this.records = records;
        this.sample = sample;
        this.clock = clock;
    }

    /** @param position of the latest change */
    private record Known(Mandates mandates, Map<Key, List<Granted>> versions, long position, long readNanos) {}

    /** The mandate under which an agency asks today. */
    Optional<Granted> inForce(String agency, String purpose) {
        Mandates mandates = current().mandates;
        LocalDate today = today();
        Optional<Granted> own = mandates.find(agency, purpose).filter(granted -> granted.isInForce(today));
        return own.isPresent() || mandates.knows(agency) ? own : sample.granted();
    }

    /** All under which an agency may ask today, by purpose. */
    List<Granted> inForce(String agency) {
        Mandates mandates = current().mandates;
        LocalDate today = today();
        return mandates.knows(agency)
                ? mandates.list().stream()
                        .filter(granted -> granted.terms().agency().equals(agency) && granted.isInForce(today))
                        .sorted(Comparator.comparing(granted -> granted.terms().purpose()))
                        .toList()
                : sample.granted().stream().toList();
    }

    /** All versions of every mandate there ever was, the oldest first. */
    Map<Key, List<Granted>> versions() {
        return current().versions;
    }

    /** By the clock of those whom mandates are for. */
    LocalDate today() {
        return clock.instant().atZone(BELGIUM).toLocalDate();
    }

    private Known current() {
        Known before = known;
        if (before != null && System.nanoTime() - before.readNanos < FRESH.toNanos()) {
            return before;
        }
        // one looks; the others go on with what was known seconds ago
        if (!looking.tryLock()) {
            if (before != null && System.nanoTime() - before.readNanos < TOLERABLE.toNanos()) {
                return before;
            }
            looking.lock();
        }
        try {
            Known other = known;
            if (other != null && System.nanoTime() - other.readNanos < FRESH.toNanos()) {
                return other;
            }
            Known now = look(other);
            known = now;
            return now;
        } finally {
            looking.unlock();
        }
    }

    private Known look(@Nullable Known before) {
        long asked = System.nanoTime();
        List<StoredEvent> events = records.of(Mandates.STREAM);
        long position = events.isEmpty() ? 0 : events.getLast().position();
        if (before != null && position <= before.position) {
            // a projection that lags would bring back what was withdrawn
            return new Known(before.mandates, before.versions, before.position, asked);
        }
        List<Noted> noted = opened(events);
        return new Known(Mandates.of(noted).withinTheirClasses(), Mandates.histories(noted), position, asked);
    }

    private List<Noted> opened(List<StoredEvent> events) {
        List<Noted> noted = new ArrayList<>(events.size());
        for (OpenedEvent opened : records.open(events)) {
            if (!(opened.event() instanceof MandateEvent event)) {
                throw records.broken(events);
            }
            noted.add(new Noted(
                    event,
                    opened.metadata().actor(),
                    opened.metadata().reason(),
                    opened.stored().recordedAt()));
        }
        return noted;
    }
}
