package eu.diplomatics.accesslog;

import org.jspecify.annotations.Nullable;

/**
 * What X-Road's headers say of a request (X-Road: Message Protocol for REST, PR-REST 1.0, section 4.3), kept so that its log and
 * this one can be joined. It proves nothing by itself.
 *
 * @param id of the message, as both security servers log it
 * @param requestId of this one sending of it; X-Road gives each its own
 * @param client {@code instance/class/member} or {@code instance/class/member/subsystem}, each part percent-encoded
 * @param userId whose action it was, in the client's words
 * @param issue the case, in the client's words
 * @param representedParty for whom the client asks: {@code code} or {@code class/code}, percent-encoded
 */
public record XRoad(
        String id,
        @Nullable String requestId,
        String client,
        @Nullable String userId,
        @Nullable String issue,
        @Nullable String representedParty) {
    @Override
    public String toString() {
        return "XRoad[redacted]";
    }
}
