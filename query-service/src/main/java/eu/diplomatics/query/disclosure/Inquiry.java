package eu.diplomatics.query.disclosure;

import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.caller.Purpose;
import java.util.Optional;

/** Who asks, why, and under which trace id. */
public record Inquiry(Caller caller, Optional<Purpose> purpose, String traceId) {}
