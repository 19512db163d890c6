package eu.diplomatics.backup.generation;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The generations that count, at most three, the oldest first: the statement that docs/key-custodian.md describes, by which
 * a custodian destroys the key of a day that is no longer among them.
 */
public record GenerationIndex(String type, List<Entry> generations, Instant issuedAt) {
    static final String TYPE = "diplomatics generation index v1";

    /** How many are kept. */
    public static final int KEPT = 3;

    public GenerationIndex {
        generations = List.copyOf(generations);
    }

    /** @param manifestHash SHA-256 of the manifest's statement, hex */
    public record Entry(LocalDate day, String manifestHash, Instant verifiedAt) {}

    public static GenerationIndex empty(Instant now) {
        return new GenerationIndex(TYPE, List.of(), now);
    }

    /** With a generation that was verified; it takes the place of that day's, or of the oldest where there are enough. */
    GenerationIndex with(Entry verified, Instant now) {
        List<Entry> entries = new ArrayList<>(generations);
        entries.removeIf(entry -> entry.day().equals(verified.day()));
        entries.add(verified);
        entries.sort(Comparator.comparing(Entry::day));
        return new GenerationIndex(TYPE, entries.subList(Math.max(0, entries.size() - KEPT), entries.size()), now);
    }

    boolean names(String manifestHash) {
        return generations.stream().anyMatch(entry -> entry.manifestHash().equals(manifestHash));
    }

    public Optional<Entry> newest() {
        return generations.isEmpty() ? Optional.empty() : Optional.of(generations.getLast());
    }
}
