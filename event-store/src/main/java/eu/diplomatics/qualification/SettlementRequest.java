package eu.diplomatics.qualification;

/** How a dispute is to end, and why. */
public record SettlementRequest(DisputeOutcome outcome, StateRequest why) {
    @Override
    public String toString() {
        return "SettlementRequest[redacted]";
    }
}
