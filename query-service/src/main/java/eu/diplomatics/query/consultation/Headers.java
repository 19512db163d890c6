package eu.diplomatics.query.consultation;

import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.caller.Purpose;
import eu.diplomatics.query.caller.XRoadHeaders;
import eu.diplomatics.query.disclosure.Inquiry;
import eu.diplomatics.query.freshness.Freshness;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.query.problem.TraceId;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** What requests say outside their bodies. */
final class Headers {
    private static final String MIN_POSITION = "X-Min-Position";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

    private Headers() {}

    static Inquiry inquiry(HttpServletRequest request) {
        return new Inquiry(Caller.of(request), Purpose.of(request), TraceId.of(request), XRoadHeaders.of(request));
    }

    /** Waits until the position that the request asks for is projected. */
    static void awaitPosition(HttpServletRequest request, Freshness freshness) {
        String asked = request.getHeader(MIN_POSITION);
        if (asked == null) {
            return;
        }
        if (!asked.matches("[0-9]{1,18}")) {
            throw ProblemException.at(ProblemCode.MALFORMED, "header/" + MIN_POSITION, "A position is an integer.");
        }
        if (!freshness.await(Long.parseLong(asked), LONGEST_WAIT)) {
            throw ProblemException.later(
                    ProblemCode.NOT_YET_PROJECTED, "Ask again, or ask without the position.", RETRY_AFTER);
        }
    }

    /** A moment of the past in RFC 3339, or null for now. */
    static @Nullable Instant asOf(@Nullable String text, String pointer) {
        Instant asOf = moment(text, pointer);
        if (asOf != null && asOf.isAfter(Clock.systemUTC().instant().plus(CLOCKS_APART))) {
            throw ProblemException.at(ProblemCode.DATE_IN_FUTURE, pointer, "What will be known is not known.");
        }
        return asOf;
    }

    /** A moment in RFC 3339, or null where there is none. */
    static @Nullable Instant moment(@Nullable String text, String pointer) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw ProblemException.at(ProblemCode.MALFORMED, pointer, "A time is written as in RFC 3339.");
        }
    }
}
