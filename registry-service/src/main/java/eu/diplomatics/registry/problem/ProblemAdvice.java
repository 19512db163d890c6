package eu.diplomatics.registry.problem;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeysUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatusCode;
import org.springframework.transaction.TransactionException;
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

    @ExceptionHandler(ProblemException.class)
    void problem(ProblemException failure, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        writer.write(request, response, failure);
    }

    @ExceptionHandler(AsyncRequestNotUsableException.class)
    void gone(AsyncRequestNotUsableException failure) {
        LOG.debug("the caller is gone");
    }

    @ExceptionHandler(Exception.class)
    void other(Exception failure, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (failure instanceof HttpRequestMethodNotSupportedException method && method.getSupportedMethods() != null) {
            writer.write(request, response, map(failure), String.join(", ", method.getSupportedMethods()));
        } else {
            writer.write(request, response, map(failure));
        }
    }

    /** What a failure is called to whoever asked; logged here where it is ours. */
    public static ProblemException map(Throwable failure) {
        Optional<String> broken = BrokenRecords.in(failure);
        if (broken.isPresent()) {
            LOG.error("ALARM: {} is not what was stored", broken.get());
            logFailure(failure);
            return ProblemException.later(
                    ProblemCode.RECORD_UNAVAILABLE, "Nothing was done; the operators were told.", RETRY_AFTER);
        }
        return switch (failure) {
            case ProblemException problem -> problem;
            case CompletionException wrapped when wrapped.getCause() != null -> map(wrapped.getCause());
            case ExecutionException wrapped when wrapped.getCause() != null -> map(wrapped.getCause());
            case KeysUnavailableException unavailable -> {
                logFailure(unavailable);
                yield ProblemException.later(
                        ProblemCode.KEYS_UNAVAILABLE, "Nothing was done. Send the same request again.", RETRY_AFTER);
            }
            case LogUnavailableException unavailable -> {
                logFailure(unavailable);
                yield ProblemException.later(
                        ProblemCode.LOG_UNAVAILABLE, "Send the same request again: it is not done twice.", RETRY_AFTER);
            }
            case DataAccessException unavailable -> batchesUnavailable(unavailable);
            case TransactionException unavailable -> batchesUnavailable(unavailable);
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

    /** Whoever else uses the service's own database says so itself: what comes here is of batches. */
    private static ProblemException batchesUnavailable(RuntimeException failure) {
        logFailure(failure);
        return ProblemException.later(
                ProblemCode.BATCHES_UNAVAILABLE, "Send the same request again: it is not done twice.", RETRY_AFTER);
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
            case 503 -> ProblemCode.LOG_UNAVAILABLE;
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
