package eu.diplomatics.registry.problem;

import java.util.List;
import java.util.Locale;

/**
 * A problem detail of RFC 9457. No part of it repeats a value of the request.
 *
 * @param type a URN made of the code
 * @param traceId also in the log line of this request
 * @param errors the places in the request, when there are several or the place is known
 */
public record Problem(
        String type, String title, int status, String code, String detail, String traceId, List<Place> errors) {

    /** One place in the request and what is wrong with it; the pointer is a JSON pointer (RFC 6901). */
    public record Place(String pointer, String code, String message) {}

    static Problem of(ProblemException failure, String traceId) {
        return new Problem(
                "urn:diplomatics:problem:"
                        + failure.code().toLowerCase(Locale.ROOT).replace('_', '-'),
                failure.title(),
                failure.status(),
                failure.code(),
                failure.detail(),
                traceId,
                failure.errors());
    }
}
