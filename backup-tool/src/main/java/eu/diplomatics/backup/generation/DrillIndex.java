package eu.diplomatics.backup.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.backup.generation.DrillReport.Kind;
import eu.diplomatics.retention.Kept;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last drills, the oldest first; signed by the manifest key. */
public record DrillIndex(String type, List<Entry> drills, Instant issuedAt) {
    static final String TYPE = "diplomatics drill index v1";

    /** How many reports are kept of the small ones, and of the others: a year of monthly ones, and some. */
    static final int KEPT = 40;

    /** Of who signs off, in characters. */
    public static final int LONGEST_NAME = 100;

    public DrillIndex {
        drills = List.copyOf(drills);
    }

    /**
     * @param reportHash SHA-256 of the report's statement, hex
     * @param kind null of earlier versions: a generation came back
     * @param signedOff by whom
     */
    public record Entry(
            String id,
            String generation,
            Instant endedAt,
            DrillReport.Verdict verdict,
            String reportHash,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Kind kind,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SignedOff> signedOff) {
        public Entry {
            signedOff = signedOff == null ? List.of() : List.copyOf(signedOff);
        }

        boolean small() {
            return kind == Kind.SMALL;
        }

        Entry with(SignedOff one) {
            List<SignedOff> all = new ArrayList<>(signedOff);
            all.add(one);
            return new Entry(id, generation, endedAt, verdict, reportHash, kind, all);
        }
    }

    /**
     * Somebody read the report and stands for it.
     *
     * @param statementHash SHA-256 of the statement, hex
     */
    public record SignedOff(
            String by,
            Instant at,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String remark,

            String statementHash) {}

    static DrillIndex empty(Instant now) {
        return new DrillIndex(TYPE, List.of(), now);
    }

    DrillIndex with(Entry entry, Instant now) {
        List<Entry> kept = new ArrayList<>();
        List<Entry> newestFirst = new ArrayList<>(drills);
        newestFirst.add(entry);
        Collections.reverse(newestFirst);
        Instant end = now.minus(Kept.DRILL_REPORTS.standard());
        for (Entry each : newestFirst) {
            if (each.endedAt().isBefore(end)) {
                continue;
            }
            if (kept.stream().filter(other -> other.small() == each.small()).count() < KEPT) {
                kept.addFirst(each);
            }
        }
        return new DrillIndex(TYPE, kept, now);
    }

    DrillIndex replaced(Entry entry, Instant now) {
        return new DrillIndex(
                TYPE,
                drills.stream()
                        .map(each -> each.id().equals(entry.id()) ? entry : each)
                        .toList(),
                now);
    }
}
