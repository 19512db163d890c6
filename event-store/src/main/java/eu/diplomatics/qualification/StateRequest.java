package eu.diplomatics.qualification;

/**
 * Why a supplier asks to annul or reinstate.
 *
 * @param reasonCode of the supplier's own list: letters, digits, hyphen, underscore and dot, at most 50
 */
public record StateRequest(String reasonCode, String reason) {
    @Override
    public String toString() {
        return "StateRequest[redacted]";
    }
}
