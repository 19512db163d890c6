package eu.diplomatics.query.problem;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.UnknownEventTypeException;
import eu.diplomatics.qualification.UnreadableEventException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The one place that maps failures to problem details. */
@RestControllerAdvice
public final class ProblemAdvice {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final int FRAMES_LOGGED = 12;

    private final ProblemWriter writer;

    ProblemAdvice(ProblemWriter writer) {
        this.writer = writer;
    }

    @ExceptionHandler(AsyncRequestNotUsableException.class)
    void gone(AsyncRequestNotUsableException failure) {
        LOG.debug("the caller is gone");
    }

    @ExceptionHandler(Exception.class)
    void failed(Exception failure, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (failure instanceof HttpRequestMethodNotSupportedException method && method.getSupportedMethods() != null) {
            writer.write(request, response, map(failure), String.join(", ", method.getSupportedMethods()));
        } else {
            writer.write(request, response, map(failure));
        }
    }

    /** What a failure is called to whoever asked; logged here where it is ours. */
    public static ProblemException map(Exception failure) {
        return switch (failure) {
            case ProblemException problem -> problem;
            case HttpMessageNotReadableException unreadable -> UnreadableBody.map(unreadable);
            case KeysUnavailableException unavailable -> {
                LOG.warn("keys are not to be had");
                yield ProblemException.later(
                        ProblemCode.KEYS_UNAVAILABLE, "Nothing was disclosed. Ask again later.", RETRY_AFTER);
            }
            case LogUnavailableException unavailable -> {
                LOG.warn("the store does not answer");
                yield ProblemException.later(
                        ProblemCode.STORE_UNAVAILABLE, "Nothing was disclosed. Ask again later.", RETRY_AFTER);
            }
            case KeyTamperedException tampered -> unavailable(tampered);
            case UnknownEventTypeException unknown -> unavailable(unknown);
            case UnreadableEventException unreadable -> unavailable(unreadable);
            case MethodArgumentTypeMismatchException mismatch ->
                ProblemException.at(
                        ProblemCode.MALFORMED, "parameter/" + mismatch.getName(), "The value cannot be read.");
            case ErrorResponse known -> ofStatus(known.getStatusCode());
            default -> {
                logFailure(failure);
                yield ProblemException.of(ProblemCode.INTERNAL, "The failure is logged under the trace id.");
            }
        };
    }

    private static ProblemException unavailable(RuntimeException failure) {
        logFailure(failure);
        return ProblemException.later(ProblemCode.RECORD_UNAVAILABLE, "Nothing was disclosed.", RETRY_AFTER);
    }

    static ProblemException ofStatus(HttpStatusCode status) {
        ProblemCode code = switch (status.value()) {
            case 401 -> ProblemCode.UNAUTHENTICATED;
            case 403 -> ProblemCode.NOT_ALLOWED;
            case 404 -> ProblemCode.NOT_FOUND;
            case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
            case 406 -> ProblemCode.NOT_ACCEPTABLE;
            case 413, 414, 431 -> ProblemCode.TOO_LARGE;
            case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
            default -> status.is4xxClientError() ? ProblemCode.MALFORMED : ProblemCode.INTERNAL;
        };
        return ProblemException.of(code, code.title() + ".");
    }

    /** Class and frames only: the message of a foreign exception may repeat what the caller sent. */
    private static void logFailure(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String frames = Arrays.stream(each.getStackTrace())
                    .limit(FRAMES_LOGGED)
                    .map(StackTraceElement::toString)
                    .collect(Collectors.joining(" < "));
            LOG.error("request failed: {} at {}", each.getClass().getName(), frames);
        }
    }
}
