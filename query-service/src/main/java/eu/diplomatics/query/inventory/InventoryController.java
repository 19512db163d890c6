package eu.diplomatics.query.inventory;

import eu.diplomatics.inventory.PartAudit;
import eu.diplomatics.inventory.Report;
import eu.diplomatics.inventory.ReportLines;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What this service keeps lies under which keys, and whether they are there. Nothing is decrypted. */
@RestController
final class InventoryController {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final PartAudit audit;
    /** Each look reads every table: two at once only slow each other. */
    private final Semaphore turn = new Semaphore(1);

    InventoryController(PartAudit audit) {
        this.audit = audit;
    }

    @GetMapping("/v1/keys/inventory")
    void inventory(HttpServletRequest request, HttpServletResponse response) throws IOException {
        stream(request, response, audit::inventory);
    }

    @GetMapping("/v1/keys/audit")
    void audit(HttpServletRequest request, HttpServletResponse response) throws IOException {
        stream(request, response, audit::audit);
    }

    private void stream(HttpServletRequest request, HttpServletResponse response, Consumer<Report> look)
            throws IOException {
        Caller.controllerOrStaff(request);
        if (!turn.tryAcquire()) {
            throw ProblemException.of(ProblemCode.OPERATION_UNDER_WAY, "Somebody looks just now.");
        }
        try {
            response.setContentType("application/x-ndjson");
            response.setHeader("Cache-Control", "no-store");
            ReportLines lines = new ReportLines(new BufferedOutputStream(response.getOutputStream(), 8 * 1024));
            look.accept(lines);
            lines.end(Instant.now().toString());
        } catch (DataAccessException | TransactionException e) {
            throw ProblemException.later(ProblemCode.STORE_UNAVAILABLE, "A database does not answer.", RETRY_AFTER);
        } finally {
            turn.release();
        }
    }
}
