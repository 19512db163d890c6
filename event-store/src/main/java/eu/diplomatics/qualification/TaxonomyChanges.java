package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.TaxonomyEntryListed;
import eu.diplomatics.qualification.DomainEvent.TaxonomyEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The entries of the taxonomy that the controller changed, as their stream tells them. Pure. What a file says of those that
 * nobody changed is not in here: this is laid over it.
 *
 * @param entries in the order in which they were first changed
 * @param count of all changes
 */
public record TaxonomyChanges(Map<Key, Listed> entries, long count) {
    /** The one stream of all, and the id in the place of a holder in its headers. It is about nobody. */
    public static final UUID STREAM = UUID.fromString("7461786f-6e6f-4d79-8000-000000000001");

    public TaxonomyChanges {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** Which entry. */
    public record Key(String list, String code) {
        static Key of(TaxonomyEntry entry) {
            return new Key(entry.list(), entry.code());
        }

        @Override
        public String toString() {
            return "Key[redacted]";
        }
    }

    /** An event of the stream with what stands beside it. */
    public record Noted(TaxonomyEvent event, String actor, String reason, Instant recordedAt) {
        @Override
        public String toString() {
            return "Noted[redacted]";
        }
    }

    /**
     * An entry as it stands.
     *
     * @param version counts the changes of this entry, from 1
     */
    public record Listed(TaxonomyEntry entry, long version, String by, String reason, Instant recordedAt) {
        @Override
        public String toString() {
            return "Listed[redacted]";
        }
    }

    /** All after these events, from nothing. */
    public static TaxonomyChanges of(List<Noted> events) {
        Map<Key, Listed> entries = new LinkedHashMap<>();
        for (Noted noted : events) {
            TaxonomyEntry entry = entry(noted);
            Listed before = entries.get(Key.of(entry));
            entries.put(Key.of(entry), listed(noted, before == null ? 1 : before.version() + 1));
        }
        return new TaxonomyChanges(entries, events.size());
    }

    /** The versions of one entry, the oldest first. */
    public static List<Listed> history(List<Noted> events, String list, String code) {
        List<Listed> versions = new ArrayList<>();
        for (Noted noted : events) {
            if (Key.of(entry(noted)).equals(new Key(list, code))) {
                versions.add(listed(noted, versions.size() + 1L));
            }
        }
        return versions;
    }

    private static TaxonomyEntry entry(Noted noted) {
        return switch (noted.event()) {
            case TaxonomyEntryListed(TaxonomyEntry entry) -> entry;
        };
    }

    private static Listed listed(Noted noted, long version) {
        return new Listed(entry(noted), version, noted.actor(), noted.reason(), noted.recordedAt());
    }

    public Optional<Listed> entry(String list, String code) {
        return Optional.ofNullable(entries.get(new Key(list, code)));
    }

    @Override
    public String toString() {
        return "TaxonomyChanges[redacted]";
    }
}
