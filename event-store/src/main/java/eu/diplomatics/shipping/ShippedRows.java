package eu.diplomatics.shipping;

import static eu.diplomatics.shipping.ShippedAudit.bytes;
import static eu.diplomatics.shipping.ShippedAudit.field;

import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.shipping.ShippedAudit.Findings;
import eu.diplomatics.shipping.ShippedAudit.Signed;
import eu.diplomatics.shipping.ShippedFinding.Code;
import eu.diplomatics.transparency.Frontier;
import eu.diplomatics.transparency.TreeHash;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Goes through the rows, in the order in which they come, with a tree that grows along. */
final class ShippedRows {
    private final TreeMap<Long, Signed> signed;
    private final Findings findings;
    /** Of all rows up to the last; empty where it cannot be told, until the next checkpoint. */
    private Optional<Frontier> tree = Optional.of(new Frontier());

    private long count;
    private long last;
    /** Behind this position the next checkpoint says what is right. */
    private long compared;

    private long withoutContents;
    private boolean contentsSeen;
    private @Nullable Instant waitsSince;
    private final Set<UUID> behind = new HashSet<>();

    ShippedRows(TreeMap<Long, Signed> signed, Findings findings) {
        this.signed = signed;
        this.findings = findings;
    }

    private record Row(
            long position, UUID entry, Instant at, TreeHash leaf, byte @Nullable [] sealed, Instant receivedAt) {}

    void read(@Nullable String[] fields) {
        count++;
        try {
            long position = Long.parseLong(field(fields, 0));
            row(new Row(
                    position,
                    UUID.fromString(field(fields, 1)),
                    moment(field(fields, 2)),
                    TreeHash.of(bytes(field(fields, 3))),
                    fields.length > 4 && fields[4] == null ? null : bytes(field(fields, 4)),
                    moment(field(fields, 5))));
        } catch (IllegalArgumentException e) {
            findings.add(Code.UNREADABLE, 0, "line " + count + " of the rows");
        }
    }

    private static Instant moment(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    private void row(Row row) {
        long position = row.position();
        if (position == last) {
            findings.add(Code.ROW_DOUBLED, position, "this position is there twice");
            return;
        }
        if (position < last) {
            findings.add(Code.OUT_OF_ORDER, position, "it stands behind position " + last);
            return;
        }
        if (position > last + 1) {
            missing(last + 1, position - 1);
        }
        contents(row);
        tree.ifPresent(grown -> grown.append(row.leaf()));
        last = position;
        if (!behind.add(row.entry())) {
            findings.add(Code.ROW_DOUBLED, position, "the same row stands before it");
        }
        if (waitsSince == null) {
            waitsSince = row.receivedAt();
        }
        Signed here = signed.get(position);
        if (here != null) {
            compare(here);
        }
    }

    private void missing(long from, long to) {
        findings.add(Code.ROWS_MISSING, from, "rows " + from + " to " + to + " are not here");
        Signed before = signed.get(to);
        tree = before == null ? Optional.empty() : before.resumed();
        compared = to;
    }

    private void contents(Row row) {
        byte[] sealed = row.sealed();
        if (sealed == null) {
            if (contentsSeen) {
                findings.add(Code.CONTENTS_MISSING, row.position(), "it has no contents, and rows before it have");
            } else {
                withoutContents = row.position();
            }
            return;
        }
        contentsSeen = true;
        if (!AccessLeaves.of(row.position(), row.at(), row.entry(), sealed).equals(row.leaf())) {
            findings.add(
                    Code.ROW_CHANGED, row.position(), "time, row or contents are not those that its leaf was made of");
        }
    }

    /** Where it does not fit, the next rows are compared from the frontier of this checkpoint on. */
    private void compare(Signed here) {
        boolean fits = tree.isPresent() && tree.get().head().equals(here.head());
        if (!fits) {
            if (tree.isPresent()) {
                findings.add(
                        Code.ROWS_CHANGED,
                        compared + 1,
                        "rows " + (compared + 1) + " to " + last + " are not those that were signed");
            }
            tree = here.resumed();
        }
        compared = last;
        behind.clear();
        waitsSince = null;
    }

    /**
     * After the last row.
     *
     * @param shipped size of the newest checkpoint that came with the rows
     * @param since rows that came before this should be under a checkpoint
     */
    void end(long shipped, Instant since) {
        long newest = signed.isEmpty() ? 0 : signed.lastKey();
        if (last < shipped) {
            findings.add(Code.ROWS_MISSING, last + 1, "rows " + (last + 1) + " to " + shipped + " are not here");
        } else if (last < newest) {
            findings.add(
                    Code.COPY_BEHIND,
                    last + 1,
                    "the checkpoint from elsewhere is over " + newest + " rows, and " + last + " are here");
        }
        Instant waiting = waitsSince;
        if (waiting != null && waiting.isBefore(since)) {
            findings.add(Code.NOT_SEALED, compared + 1, "here since " + waiting + ", and no checkpoint is over it");
        }
    }

    long count() {
        return count;
    }

    long withoutContents() {
        return withoutContents;
    }
}
