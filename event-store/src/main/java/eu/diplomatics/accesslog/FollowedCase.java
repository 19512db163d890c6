package eu.diplomatics.accesslog;

import java.util.UUID;

/**
 * What an agency has a case for; whom it is about stands nowhere.
 *
 * @param caseReference the agency's own
 * @param mandate id of the mandate that it was opened or renewed under, in that version
 */
public record FollowedCase(String agency, String purpose, String caseReference, UUID mandate, long mandateVersion) {
    @Override
    public String toString() {
        return "FollowedCase[redacted]";
    }
}
