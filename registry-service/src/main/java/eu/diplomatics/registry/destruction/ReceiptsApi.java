package eu.diplomatics.registry.destruction;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.keyring.DestructionReceipt;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.destruction.DestructionStore.Known;
import eu.diplomatics.registry.destruction.DestructionStore.Receipt;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.FlatBody;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The custodian's receipts, for the controller: each was verified when it came. */
@RestController
final class ReceiptsApi {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final String STATEMENT = "statement";
    private static final String SIGNATURE = "signature";
    private static final String INVENTORY = "inventory";
    private static final String INVENTORY_SIGNATURE = "inventorySignature";
    private static final Set<String> REQUIRED = Set.of(STATEMENT, SIGNATURE);
    private static final Set<String> FIELDS = Set.of(STATEMENT, SIGNATURE, INVENTORY, INVENTORY_SIGNATURE);

    private final DestructionStore store;
    private final KeyDestruction destruction;

    ReceiptsApi(DestructionStore store, KeyDestruction destruction) {
        this.store = store;
        this.destruction = destruction;
    }

    /** All of them, the newest key first. */
    record Receipts(List<Shown> receipts) {}

    /**
     * A receipt.
     *
     * @param signature base64, over the prefix of docs/key-custodian.md, a line feed and the statement
     * @param receiptHash SHA-256 of the statement, hex
     * @param inventory what this registry signed, whose hash {@code inventoryHash} is
     * @param event the stream of the event that says so; absent until every site's receipt is there
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            String label,
            String custodian,
            String rule,
            Instant destroyedAt,
            String statement,
            byte[] signature,
            String receiptHash,
            String inventoryHash,
            SignedStatement inventory,
            @Nullable UUID event) {}

    @GetMapping("/v1/keys/receipts")
    Receipts receipts(HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        List<Shown> shown = new ArrayList<>();
        try {
            for (Known known : store.keys()) {
                Receipt receipt = known.receipt();
                if (receipt != null) {
                    shown.add(new Shown(
                            known.key().label(),
                            known.key().custodian(),
                            receipt.rule(),
                            receipt.destroyedAt(),
                            receipt.signed().statement(),
                            receipt.signed().signature(),
                            receipt.hash(),
                            receipt.inventoryHash(),
                            receipt.inventory(),
                            known.event()));
                }
            }
        } catch (DataAccessException | TransactionException e) {
            throw ProblemException.later(ProblemCode.KEYS_UNAVAILABLE, "Receipts cannot be read.", RETRY_AFTER);
        }
        return new Receipts(shown);
    }

    /**
     * Of a destruction by exception, which the operators carried out: {@code custodian receipt} prints it. With what the
     * receipt names, where this registry no longer has it.
     */
    @PostMapping("/v1/keys/receipts")
    Receipts keep(HttpServletRequest request) {
        Caller.controller(request);
        Map<String, String> given =
                FlatBody.read(Bodies.json(request), FIELDS, REQUIRED).fields();
        DestructionReceipt receipt =
                new DestructionReceipt(given.getOrDefault(STATEMENT, ""), signature(given, SIGNATURE));
        String inventory = given.get(INVENTORY);
        SignedStatement named =
                inventory == null ? null : new SignedStatement(inventory, signature(given, INVENTORY_SIGNATURE));
        try {
            destruction.keep(receipt, named).ifPresent(why -> {
                throw ProblemException.of(ProblemCode.RECEIPT_REFUSED, why);
            });
        } catch (DataAccessException | TransactionException e) {
            throw ProblemException.later(ProblemCode.KEYS_UNAVAILABLE, "Receipts cannot be kept.", RETRY_AFTER);
        }
        return receipts(request);
    }

    private static byte[] signature(Map<String, String> given, String name) {
        try {
            return Base64.getDecoder().decode(given.getOrDefault(name, ""));
        } catch (IllegalArgumentException e) {
            throw FlatBody.malformed("/" + name, "this is not base64");
        }
    }
}
