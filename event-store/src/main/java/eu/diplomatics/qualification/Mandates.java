package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.MandateEvent;
import eu.diplomatics.qualification.DomainEvent.MandateGranted;
import eu.diplomatics.qualification.DomainEvent.MandateWithdrawn;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All mandates as the catalogue's stream tells them, by agency and purpose. Pure. */
public record Mandates(Map<Key, Granted> all) {
    /**
     * The one stream of all mandates, and the id in the place of a holder in its headers. It is about nobody.
     */
    public static final UUID STREAM = UUID.fromString("6d616e64-6174-4573-8000-000000000001");

    public Mandates {
        all = Map.copyOf(all);
    }

    /** Whose, and for what. */
    public record Key(String agency, String purpose) {
        @Override
        public String toString() {
            return "Key[redacted]";
        }
    }

    /** An event of the stream with what stands beside it. */
    public record Noted(MandateEvent event, String actor, String reason, Instant recordedAt) {
        @Override
        public String toString() {
            return "Noted[redacted]";
        }
    }

    /**
     * A mandate as it stands.
     *
     * @param id random, the same for all versions: under it what is counted and alarmed says nothing of agency and purpose
     * @param version counts the changes of this mandate, from 1
     * @param withdrawal reason code of its withdrawal; null while it is not withdrawn
     * @param by who made this version, why, and when
     */
    public record Granted(
            UUID id,
            long version,
            Mandate terms,
            @Nullable String withdrawal,
            String by,
            String reason,
            Instant recordedAt) {
        /** Answered under no field above its class. */
        public Granted withinItsClass() {
            Mandate within = terms.withinItsClass();
            return within == terms ? this : new Granted(id, version, within, withdrawal, by, reason, recordedAt);
        }

        public boolean isInForce(LocalDate day) {
            return withdrawal == null && terms.isValidOn(day);
        }

        @Override
        public String toString() {
            return "Granted[" + id + ", redacted]";
        }
    }

    /**
     * The catalogue after these events, from nothing.
     *
     * @throws IllegalStateException when they cannot follow each other: a broken stream, never a broken rule
     */
    public static Mandates of(List<Noted> events) {
        Map<Key, Granted> all = new LinkedHashMap<>();
        events.forEach(noted -> {
            Granted next = next(all, noted);
            all.put(new Key(next.terms().agency(), next.terms().purpose()), next);
        });
        return new Mandates(all);
    }

    /** The versions of one mandate, the oldest first; empty when there never was one. */
    public static List<Granted> history(List<Noted> events, String agency, String purpose) {
        return List.copyOf(histories(events).getOrDefault(new Key(agency, purpose), List.of()));
    }

    /** All versions of every mandate, the oldest first. */
    public static Map<Key, List<Granted>> histories(List<Noted> events) {
        Map<Key, Granted> all = new LinkedHashMap<>();
        Map<Key, List<Granted>> histories = new LinkedHashMap<>();
        events.forEach(noted -> {
            Granted next = next(all, noted);
            Key key = new Key(next.terms().agency(), next.terms().purpose());
            all.put(key, next);
            histories.computeIfAbsent(key, any -> new ArrayList<>()).add(next);
        });
        return histories;
    }

    private static Granted next(Map<Key, Granted> all, Noted noted) {
        return switch (noted.event()) {
            case MandateGranted(UUID id, Mandate terms) -> {
                Granted before = all.get(new Key(terms.agency(), terms.purpose()));
                if (before != null && !before.id().equals(id)) {
                    throw new IllegalStateException("a mandate has one id");
                }
                long version = before == null ? 1 : before.version() + 1;
                yield new Granted(id, version, terms, null, noted.actor(), noted.reason(), noted.recordedAt());
            }
            case MandateWithdrawn(UUID id, String agency, String purpose, String reasonCode) -> {
                Granted before = all.get(new Key(agency, purpose));
                if (before == null || !before.id().equals(id) || before.withdrawal() != null) {
                    throw new IllegalStateException("a withdrawal of what is not granted");
                }
                yield new Granted(
                        id,
                        before.version() + 1,
                        before.terms(),
                        reasonCode,
                        noted.actor(),
                        noted.reason(),
                        noted.recordedAt());
            }
        };
    }

    /** As they are answered under: none with a field above its class (R30). */
    public Mandates withinTheirClasses() {
        Map<Key, Granted> within = new LinkedHashMap<>();
        all.forEach((key, granted) -> within.put(key, granted.withinItsClass()));
        return new Mandates(within);
    }

    public Optional<Granted> find(String agency, String purpose) {
        return Optional.ofNullable(all.get(new Key(agency, purpose)));
    }

    /** Whether this agency was ever granted anything. */
    public boolean knows(String agency) {
        return all.keySet().stream().anyMatch(key -> key.agency().equals(agency));
    }

    public Collection<Granted> list() {
        return all.values();
    }

    @Override
    public String toString() {
        return "Mandates[" + all.size() + "]";
    }
}
