package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.TraceId;
import jakarta.servlet.http.HttpServletRequest;

/** Who did something by the API, as its event says it. */
public final class Authorship {
    private Authorship() {}

    public static EventMetadata of(HttpServletRequest request, Caller caller, String reason) {
        return new EventMetadata(caller.actor(), "api", reason, TraceId.of(request));
    }
}
