package eu.diplomatics.registry.problem;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request with a problem detail. Title and detail are fixed texts of ours: a value of the request never stands in
 * them.
 */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String title;
    private final String detail;
    private final transient List<Problem.Place> errors;
    private final @Nullable Duration retryAfter;
    private final @Nullable String challenge;

    private ProblemException(
            int status,
            String code,
            String title,
            String detail,
            List<Problem.Place> errors,
            @Nullable Duration retryAfter,
            @Nullable String challenge) {
        super(code);
        this.status = status;
        this.code = code;
        this.title = title;
        this.detail = detail;
        this.errors = List.copyOf(errors);
        this.retryAfter = retryAfter;
        this.challenge = challenge;
    }

    public static ProblemException of(ProblemCode code, String detail) {
        return of(code, detail, List.of());
    }

    public static ProblemException of(ProblemCode code, String detail, List<Problem.Place> errors) {
        return new ProblemException(code.status(), code.name(), code.title(), detail, errors, null, null);
    }

    /** One place, in a header or parameter: {@code pointer} then names it, for example {@code header/If-Match}. */
    public static ProblemException at(ProblemCode code, String pointer, String message) {
        return of(code, message, List.of(new Problem.Place(pointer, code.name(), message)));
    }

    /** A temporary failure: the same request may be sent again after {@code retryAfter}. */
    public static ProblemException later(ProblemCode code, String detail, Duration retryAfter) {
        return new ProblemException(code.status(), code.name(), code.title(), detail, List.of(), retryAfter, null);
    }

    /** What the caller has to show is more than its code says: the header {@code WWW-Authenticate}, whole. */
    public static ProblemException challenged(ProblemCode code, String detail, String challenge) {
        return new ProblemException(code.status(), code.name(), code.title(), detail, List.of(), null, challenge);
    }

    /** A rule of the domain that owns its code. */
    static ProblemException ofRule(int status, String code, String title, String detail, List<Problem.Place> errors) {
        return new ProblemException(status, code, title, detail, errors, null, null);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String title() {
        return title;
    }

    public String detail() {
        return detail;
    }

    public List<Problem.Place> errors() {
        return errors;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Nullable
    String challenge() {
        return challenge;
    }
}
