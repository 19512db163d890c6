package eu.diplomatics.qualification;

import org.jspecify.annotations.Nullable;

/**
 * How it stands with a qualification's disputes, of which one at most is open.
 *
 * @param since version of the event that opened the latest one; 0 when there was none
 * @param isChanged whether the record was changed since then
 * @param settled version of the event that settled the latest that was; 0 when there was none
 * @param outcome of that one
 */
public record Dispute(
        long since,
        boolean isChanged,
        long settled,
        @Nullable DisputeOutcome outcome) {
    static final Dispute NONE = new Dispute(0, false, 0, null);

    public boolean isOpen() {
        return since > settled;
    }

    Dispute opened(long version) {
        return new Dispute(version, false, settled, outcome);
    }

    Dispute recordChanged() {
        return new Dispute(since, true, settled, outcome);
    }

    Dispute ended(long version, DisputeOutcome how) {
        return new Dispute(since, isChanged, version, how);
    }
}
