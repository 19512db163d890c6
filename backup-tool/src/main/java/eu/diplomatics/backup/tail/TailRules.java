package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.source.SourceMarks;
import eu.diplomatics.backup.source.SourceTable;
import java.util.Optional;
import java.util.Set;

/**
 * How to find what came to a table since a snapshot. Each way is sound by itself: positions become visible in their order;
 * a row that a later snapshot shows first was made by a transaction that had not ended at the first one's horizon. A table
 * that no rule names is kept whole.
 */
final class TailRules {
    private static final String EVENT = "eventstore.event";
    private static final String LEAF = "accesslog.leaf";
    /** The transaction that made a row stands in it, under an index. */
    private static final Set<String> MADE_IN = Set.of(
            "keyring.data_key",
            "keyring.holder_claim",
            "keyring.holder_name",
            "accesslog.recipient",
            "accesslog.change",
            "accesslog.notice");
    /** Small enough to be read each time, but for their long values; rows say themselves which transaction wrote them. */
    private static final Set<String> WRITTEN_BY = Set.of(
            "eventstore.tile",
            "eventstore.checkpoint",
            "eventstore.cosignature",
            "eventstore.time_stamp",
            "accesslog.tile",
            "accesslog.checkpoint",
            "accesslog.cosignature",
            "accesslog.expiry",
            "batch.job",
            "batch.chunk",
            "batch.result");

    private TailRules() {}

    /** Where the tables that go by positions are. */
    interface Positions {
        /** The first position that is not there yet; 1 where nothing is known of the table. */
        long next(String table);
    }

    static boolean goesByPositions(SourceTable table) {
        return table.orderedBy().equals("position");
    }

    /** SQL that holds for the rows that are new; empty where the table is kept whole. */
    static Optional<String> since(SourceTable table, SourceMarks before, Positions positions) {
        String name = table.qualified();
        if (goesByPositions(table)) {
            return Optional.of("t.position >= " + positions.next(name));
        }
        if (name.equals("eventstore.event_tag")) {
            return Optional.of("t.position >= " + positions.next(EVENT));
        }
        if (name.equals("accesslog.entry")) {
            // each has a leaf or waits for one
            return Optional.of("t.id = ANY (ARRAY(SELECT l.entry FROM accesslog.leaf l WHERE l.position >= "
                    + positions.next(LEAF) + " UNION ALL SELECT u.entry FROM accesslog.unsealed u))");
        }
        if (MADE_IN.contains(name)) {
            return Optional.of("t.made_in >= " + before.transaction());
        }
        // trees of ended incarnations have the names of the current one's tables, and a number
        if (WRITTEN_BY.contains(name.replaceFirst("_of_[0-9]+$", ""))) {
            // transactions are counted in 32 bits there
            return Optional.of("age(t.xmin) <= age('" + (before.transaction() & 0xffff_ffffL) + "'::xid)");
        }
        return Optional.empty();
    }
}
