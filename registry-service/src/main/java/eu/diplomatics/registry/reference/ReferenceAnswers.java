package eu.diplomatics.registry.reference;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.registration.ETags;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** How reference data are asked for, changed and answered over HTTP. */
public final class ReferenceAnswers {
    private ReferenceAnswers() {}

    /** The moment that {@code asOf} names, as in RFC 3339; null where there is none. */
    public static @Nullable Instant moment(@Nullable String asOf) {
        if (asOf == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(asOf).toInstant();
        } catch (DateTimeParseException e) {
            throw ProblemException.at(ProblemCode.MALFORMED, "parameter/asOf", "A time is written as in RFC 3339.");
        }
    }

    /** The version in {@code If-Match}, 0 for what a file says; null without the header. */
    public static @Nullable Long expected(HttpServletRequest request) {
        String ifMatch = request.getHeader(HttpHeaders.IF_MATCH);
        if (ifMatch == null) {
            return null;
        }
        return ifMatch.strip().equals(ETags.of(0)) ? 0L : ETags.required(ifMatch);
    }

    /**
     * @param first the status of a first version
     * @param unknown what is answered where there is nothing to change
     */
    public static <T, S> ResponseEntity<S> answer(
            Outcome<T> outcome, int first, Function<T, S> shown, ToLongFunction<T> version, ProblemException unknown) {
        return switch (outcome) {
            case Outcome.Done<T>(T changed, boolean now) -> {
                long of = version.applyAsLong(changed);
                yield tagged(now && of == 1 ? first : 200, of, shown.apply(changed));
            }
            case Outcome.VersionMissing<T>() ->
                throw ProblemException.at(
                        ProblemCode.VERSION_REQUIRED,
                        "header/If-Match",
                        "Send the version the change builds on, in quotes.");
            case Outcome.Stale<T>() ->
                throw ProblemException.of(
                        ProblemCode.VERSION_STALE, "It has changed since it was read, or is not there.");
            case Outcome.Unknown<T>() -> throw unknown;
            case Outcome.Refused<T>(var rejections) -> throw Rejections.problem(rejections);
        };
    }

    public static <S> ResponseEntity<S> tagged(int status, long version, S body) {
        return ResponseEntity.status(status)
                .eTag(ETags.of(version))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(body);
    }
}
