package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.query.accesslog.AccessRows.Logged;
import eu.diplomatics.query.disclosure.Accesses.Cell;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts rows by hour, agency and purpose, and who they are about only to hide each among others: a cell about fewer persons
 * is left out. Hours come one after the other and are forgotten once they are counted.
 */
final class Frequency {
    private final int least;
    private final List<Cell> cells = new ArrayList<>();
    private final Map<List<String>, Count> hour = new HashMap<>();
    private Instant begin = Instant.MAX;
    private long suppressed;

    /** @param least so many persons have to stand behind a cell */
    Frequency(int least) {
        this.least = least;
    }

    private static final class Count {
        private long questions;
        /** No more than are needed. */
        private final Set<String> persons = new HashSet<>();
    }

    /** The hour that is being counted; {@link Instant#MAX} before the first row. */
    Instant hour() {
        return begin;
    }

    /** Rows come the newest first. */
    void count(Logged row) {
        Instant of = row.at().truncatedTo(ChronoUnit.HOURS);
        if (!of.equals(begin)) {
            close();
            begin = of;
        }
        row.access()
                .filter(access -> access.caller().startsWith("AGENCY:"))
                .filter(access -> !NoticeGate.OPERATIONS.contains(access.operation())
                        && !CaseGate.OPERATIONS.contains(access.operation()))
                .ifPresent(this::count);
    }

    private void count(Access access) {
        byte[] subject = access.subject();
        Count count = hour.computeIfAbsent(
                List.of(access.caller().substring("AGENCY:".length()), String.valueOf(access.purpose())),
                any -> new Count());
        count.questions++;
        if (subject != null && count.persons.size() < least) {
            count.persons.add(HexFormat.of().formatHex(subject));
        }
    }

    /** Ends the hour that is being counted. */
    void close() {
        hour.entrySet().stream()
                .sorted(Comparator.comparing(each -> String.join(" ", each.getKey())))
                .forEach(each -> {
                    Count count = each.getValue();
                    if (count.persons.size() < least) {
                        suppressed++;
                    } else {
                        cells.add(new Cell(
                                begin, each.getKey().getFirst(), each.getKey().getLast(), count.questions));
                    }
                });
        hour.clear();
    }

    List<Cell> cells() {
        return List.copyOf(cells);
    }

    long suppressed() {
        return suppressed;
    }
}
