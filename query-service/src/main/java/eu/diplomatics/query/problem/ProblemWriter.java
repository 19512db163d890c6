package eu.diplomatics.query.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes problem details, whatever the caller said it accepts: an error is never left without its code. */
@Component
public final class ProblemWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemWriter.class);
    private static final String MEDIA_TYPE = "application/problem+json";

    private final JsonMapper json;
    private final boolean byHeader;

    public ProblemWriter(JsonMapper json, Environment environment) {
        this.json = json;
        this.byHeader = environment.matchesProfiles("insecure & !tokens");
    }

    public void write(HttpServletRequest request, HttpServletResponse response, ProblemException failure)
            throws IOException {
        write(request, response, failure, null);
    }

    void write(
            HttpServletRequest request,
            HttpServletResponse response,
            ProblemException failure,
            @Nullable String allowedMethods)
            throws IOException {
        Problem problem = Problem.of(failure, TraceId.of(request));
        LOG.info("request refused: {} {}", problem.status(), problem.code());
        if (response.isCommitted() && response.getStatus() >= HttpServletResponse.SC_BAD_REQUEST) {
            // The server itself found that the body does not come, and answers that by the error page.
            return;
        }
        if (response.isCommitted()) {
            // A streamed answer has begun: closing the connection is the only way left to say that it is not whole.
            throw new IOException("answer broken off: " + problem.code());
        }
        response.reset();
        response.setStatus(problem.status());
        response.setContentType(MEDIA_TYPE);
        response.setHeader("Cache-Control", "no-store");
        if (problem.status() == HttpServletResponse.SC_UNAUTHORIZED
                || problem.code().equals(ProblemCode.INSUFFICIENT_SCOPE.name())) {
            String challenge = failure.challenge() == null ? Challenge.of(problem.code()) : failure.challenge();
            response.setHeader("WWW-Authenticate", byHeader ? "X-Caller" : challenge);
        }
        if (allowedMethods != null) {
            response.setHeader("Allow", allowedMethods);
        }
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            response.setHeader("Retry-After", Long.toString(retryAfter.toSeconds()));
        }
        byte[] body = json.writeValueAsBytes(problem);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
