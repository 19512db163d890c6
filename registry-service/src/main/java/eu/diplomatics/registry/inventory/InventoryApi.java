package eu.diplomatics.registry.inventory;

import eu.diplomatics.inventory.Finding;
import eu.diplomatics.inventory.Holding;
import eu.diplomatics.inventory.InventorySigner;
import eu.diplomatics.inventory.InventorySigner.NotCountedException;
import eu.diplomatics.inventory.InventorySigner.StillNeededException;
import eu.diplomatics.inventory.KeyAudit;
import eu.diplomatics.inventory.Report;
import eu.diplomatics.inventory.ReportLines;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.FlatBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Inventory and audit of keys, for the controller. Nothing here gives away a key, and nothing is decrypted. */
@RestController
final class InventoryApi {
    private static final String LABEL = "label";
    private static final String CUSTODIAN = "custodian";
    private static final Set<String> BOTH = Set.of(LABEL, CUSTODIAN);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final KeyAudit audit;
    private final InventorySigner signer;
    private final DestructionLedger ledger;
    private final InstantSource clock;
    /** Each look reads every table: two at once only slow each other. */
    private final Semaphore turn = new Semaphore(1);

    InventoryApi(KeyAudit audit, InventorySigner signer, DestructionLedger ledger, InstantSource clock) {
        this.audit = audit;
        this.signer = signer;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** The public key for the custodian's {@code authorities.inventory}, and what is read aloud of it. */
    record PublicKey(String publicKey, String fingerprint) {}

    @GetMapping("/v1/keys/inventory")
    void inventory(HttpServletRequest request, HttpServletResponse response) {
        Caller.controllerOrStaff(request);
        stream(response, audit::inventory);
    }

    @GetMapping("/v1/keys/audit")
    void audit(HttpServletRequest request, HttpServletResponse response) {
        Caller.controllerOrStaff(request);
        stream(response, audit::audit);
    }

    @GetMapping("/v1/keys/inventory-key")
    PublicKey key(HttpServletRequest request) throws NoSuchAlgorithmException {
        Caller.controllerOrStaff(request);
        byte[] key = signer.publicKey();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
        return new PublicKey(
                Base64.getEncoder().encodeToString(key), HexFormat.of().formatHex(digest));
    }

    @PostMapping("/v1/keys/inventory/statements")
    SignedStatement statement(HttpServletRequest request) {
        Caller.controller(request);
        Map<String, String> asked =
                FlatBody.read(Bodies.json(request), BOTH, BOTH).fields();
        String label = matching(asked, LABEL, "epoch-\\d{4}-\\d{2}-\\d{2}");
        String custodian = matching(asked, CUSTODIAN, "[a-z0-9.-]{1,64}");
        return inTurn(() -> {
            Counted counted = new Counted();
            audit.inventory(counted);
            try {
                Instant now = clock.instant();
                SignedStatement signed = signer.inventory(label, custodian, counted.holdings, counted.findings, now);
                ledger.inventorySigned(label, custodian, signed, now);
                return signed;
            } catch (StillNeededException e) {
                throw ProblemException.of(ProblemCode.KEY_STILL_NEEDED, String.valueOf(e.getMessage()));
            } catch (NotCountedException e) {
                throw ProblemException.later(
                        ProblemCode.KEYS_UNAVAILABLE,
                        "Not everything could be counted: " + e.getMessage(),
                        RETRY_AFTER);
            }
        });
    }

    private static String matching(Map<String, String> asked, String name, String pattern) {
        String value = asked.getOrDefault(name, "");
        if (!value.matches(pattern)) {
            throw FlatBody.malformed("/" + name, "this is no " + name);
        }
        return value;
    }

    private void stream(HttpServletResponse response, Consumer<Report> look) {
        var unused = inTurn(() -> {
            response.setContentType("application/x-ndjson");
            response.setHeader("Cache-Control", "no-store");
            ReportLines lines = new ReportLines(new BufferedOutputStream(output(response), 8 * 1024));
            look.accept(lines);
            lines.end(clock.instant().toString());
            return lines;
        });
    }

    private static OutputStream output(HttpServletResponse response) {
        try {
            return response.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> T inTurn(Supplier<T> look) {
        if (!turn.tryAcquire()) {
            throw ProblemException.of(ProblemCode.OPERATION_UNDER_WAY, "Somebody looks just now.");
        }
        try {
            return look.get();
        } catch (DataAccessException | TransactionException e) {
            throw ProblemException.later(ProblemCode.KEYS_UNAVAILABLE, "A database does not answer.", RETRY_AFTER);
        } finally {
            turn.release();
        }
    }

    /** Keeps the holdings, and what was not counted. */
    private static final class Counted implements Report {
        private final List<Holding> holdings = new ArrayList<>();
        private final List<Finding> findings = new ArrayList<>();

        @Override
        public void holding(Holding holding) {
            holdings.add(holding);
        }

        @Override
        public void finding(Finding finding) {
            findings.add(finding);
        }

        @Override
        public void progress(String step, long done, long total) {
            // nobody watches
        }
    }
}
