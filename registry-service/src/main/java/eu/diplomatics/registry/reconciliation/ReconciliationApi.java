package eu.diplomatics.registry.reconciliation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.QueryNumber;
import eu.diplomatics.registry.reconciliation.Reconciliations.Reconciliation;
import eu.diplomatics.registry.reconciliation.Reconciliations.State;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** An institution's own records against the registry's: sent as digests, answered as a signed statement. */
@RestController
final class ReconciliationApi {
    private static final String PATH = "/v1/reconciliations";
    private static final int MOST_PARTS = 64;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final Reconciliations reconciliations;

    ReconciliationApi(Reconciliations reconciliations) {
        this.reconciliations = reconciliations;
    }

    /** As it is shown. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            UUID id,
            State state,
            long position,
            long head,
            @Nullable String code,
            @Nullable Map<String, Object> statement) {
        static Shown of(Reconciliation one) {
            return new Shown(one.id(), one.state(), one.position(), one.head(), one.code(), one.statement());
        }
    }

    @PostMapping(PATH)
    ResponseEntity<Shown> begin(
            HttpServletRequest request,
            @RequestParam(defaultValue = "0") String part,
            @RequestParam(defaultValue = "1") String parts)
            throws IOException {
        String supplier = Caller.supplier(request);
        int all = (int) QueryNumber.read(parts, "parts", 1, MOST_PARTS);
        int one = (int) QueryNumber.read(part, "part", 0, all - 1);
        checkType(request.getContentType());
        if (reconciliations.isBusy()) {
            throw busy();
        }
        DigestList list = DigestList.read(request.getInputStream(), one, all);
        Reconciliation begun = reconciliations.begin(supplier, list, one, all).orElseThrow(ReconciliationApi::busy);
        return ResponseEntity.accepted()
                .location(URI.create(PATH + "/" + begun.id()))
                .body(Shown.of(begun));
    }

    @GetMapping(PATH + "/{id}")
    ResponseEntity<Shown> show(@PathVariable UUID id, HttpServletRequest request) {
        return reconciliations
                .find(id, Caller.supplier(request))
                .map(found ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(Shown.of(found)))
                .orElseThrow(() -> ProblemException.of(
                        ProblemCode.UNKNOWN_REFERENCE,
                        "There is no such reconciliation any more: send the list again."));
    }

    private static ProblemException busy() {
        return ProblemException.later(
                ProblemCode.OVERLOADED, "Another reconciliation is under way; each reads the whole log.", RETRY_AFTER);
    }

    private static void checkType(@Nullable String contentType) {
        try {
            if (contentType != null
                    && MediaType.parseMediaType(contentType).equalsTypeAndSubtype(MediaType.APPLICATION_NDJSON)) {
                return;
            }
        } catch (InvalidMediaTypeException e) {
            // as another type
        }
        throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The body is application/x-ndjson in UTF-8.");
    }
}
