package eu.diplomatics.qualification;

import org.jspecify.annotations.Nullable;

/**
 * How it stands with a qualification's disputes, of which one at most is open. What is moved to another person is disputed no more: it
 * was the word of somebody whose it is not.
 *
 * @param since version of the event that opened the latest one; 0 when there was none
 * @param isChanged whether the record was changed since then
 * @param settled version of the event that settled the latest that was; 0 when there was none
 * @param outcome of that one
 * @param times how many there were
 */
public record Dispute(
        long since,
        boolean isChanged,
        long settled,
        @Nullable DisputeOutcome outcome,
        int times) {
    /** So often a person disputes one record; then the controller does for them, and can be asked. */
    public static final int MOST_BY_PERSON = 5;

    static final Dispute NONE = new Dispute(0, false, 0, null, 0);

    public boolean isOpen() {
        return since > settled;
    }

    Dispute opened(long version) {
        return new Dispute(version, false, settled, outcome, times + 1);
    }

    Dispute recordChanged() {
        return new Dispute(since, true, settled, outcome, times);
    }

    Dispute ended(long version, DisputeOutcome how) {
        return new Dispute(since, isChanged, version, how, times);
    }

    Dispute moved(long version) {
        return isOpen() ? ended(version, DisputeOutcome.CHANGED) : this;
    }
}
