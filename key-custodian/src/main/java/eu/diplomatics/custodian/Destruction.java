package eu.diplomatics.custodian;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.custodian.Approvals.Hand;
import eu.diplomatics.custodian.Messages.Receipt;
import eu.diplomatics.custodian.OperatorState.Kind;
import eu.diplomatics.custodian.OperatorState.Pending;
import eu.diplomatics.custodian.Refusal.Code;
import eu.diplomatics.custodian.Statements.Signed;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may have an epoch key destroyed, and when: by the controller's schedule, or else by two operators after a hold.
 * A key that has a receipt is destroyed, wherever it comes from. Every method throws {@link Refusal}.
 */
final class Destruction {
    /** Before the statement of a receipt when it is signed. */
    static final String PREFIX = "diplomatics destruction receipt v1\n";

    private final String custodian;
    private final Token token;
    private final ReceiptFiles receipts;
    private final Statements statements;
    private final Approvals approvals;
    private final AuditLog audit;
    private final ReceiptSigner signer;

    Destruction(
            String custodian,
            Token token,
            ReceiptFiles receipts,
            Statements statements,
            Approvals approvals,
            AuditLog audit) {
        this.custodian = custodian;
        this.token = token;
        this.receipts = receipts;
        this.statements = statements;
        this.approvals = approvals;
        this.audit = audit;
        this.signer = new ReceiptSigner(token);
    }

    /** By the schedule: three statements, no operator. */
    record ExpireRequest(String label, Signed schedule, Signed generations, Signed keyring) {}

    /** Outside the schedule: one inventory under two signatures. */
    record DestroyRequest(String label, String inventory, byte[] registrySignature, byte[] controllerSignature) {}

    /** How far a destruction is. */
    enum State {
        /** Two operators have to approve. */
        ASKED,
        /** Approved; whoever may can still revoke. */
        HELD,
        DESTROYED
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DestroyAnswer(
            State state,
            Approvals.@Nullable View pending,
            @Nullable Receipt receipt) {}

    /** What a receipt says; signed as it stands there. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Statement(
            String custodian,
            String label,
            String rule,
            Instant requestedAt,
            Instant approvedAt,
            Instant destroyedAt,
            String inventoryHash,
            @Nullable String generationIndexHash,
            @Nullable String scheduleHash,
            List<String> operators,
            String token) {}

    /** Destroys again what has a receipt: a crash came between the two, or an older copy of the keys was put back. */
    List<String> destroyAgain() {
        List<String> back = token.labels().stream().filter(this::isDestroyed).toList();
        back.forEach(token::destroy);
        for (Approvals.View view : approvals.pending()) {
            if (isDestroyed(view.subject())) {
                approvals.remove(view.id());
            }
        }
        return back;
    }

    boolean isDestroyed(String label) {
        return KeyLabels.isEpoch(label) && receipts.has(label);
    }

    Optional<Receipt> receipt(String label) {
        return isDestroyed(label) ? receipts.find(label) : Optional.empty();
    }

    /** Destroys at once what the schedule lets go; asked again, answers with the receipt given then. */
    synchronized DestroyAnswer expire(ExpireRequest request, Hand hand) {
        String label = request.label();
        LocalDate day = day(label);
        Instant now = audit.now();
        Optional<Receipt> first = again(label);
        if (first.isPresent()) {
            return destroyed(first.get());
        }
        int newer = statements.schedule(request.schedule(), now);
        statements.generations(request.generations(), day, newer, now);
        statements.keyring(request.keyring(), label, day, now);
        return destroyed(carryOut(
                hand,
                new Statement(
                        custodian,
                        label,
                        "SCHEDULE",
                        now,
                        now,
                        now,
                        request.keyring().hash(),
                        request.generations().hash(),
                        request.schedule().hash(),
                        List.of(),
                        token.technology())));
    }

    /** Asks for a destruction; after the hold, carries it out; after that, answers with the receipt given then. */
    DestroyAnswer destroy(DestroyRequest request, Hand hand) {
        // nobody revokes between the last look and the act
        synchronized (approvals) {
            return askOrCarryOut(request, hand);
        }
    }

    private synchronized DestroyAnswer askOrCarryOut(DestroyRequest request, Hand hand) {
        String label = request.label();
        LocalDate day = day(label);
        Optional<Receipt> first = again(label);
        if (first.isPresent()) {
            return destroyed(first.get());
        }
        Signed inventory = new Signed(request.inventory(), request.registrySignature());
        String id = "destroy-" + label;
        boolean known = approvals.pending().stream()
                .anyMatch(view -> view.id().equals(id) && view.hash().equals(inventory.hash()));
        if (!known) {
            statements.inventory(inventory, request.controllerSignature(), label, day, audit.now());
        }
        Pending pending = approvals.ask(Kind.DESTROY, label, inventory.hash(), 0, null, hand);
        Instant approvedAt = pending.approvedAt();
        Instant now = audit.now();
        if (approvedAt == null || now.isBefore(approvedAt.plus(Approvals.HOLD))) {
            return new DestroyAnswer(approvedAt == null ? State.ASKED : State.HELD, Approvals.view(pending), null);
        }
        Receipt receipt = carryOut(
                hand,
                new Statement(
                        custodian,
                        label,
                        "EXCEPTION",
                        pending.requestedAt(),
                        approvedAt,
                        now,
                        pending.hash(),
                        null,
                        null,
                        pending.approvals().stream()
                                .map(OperatorState.Approval::client)
                                .toList(),
                        token.technology()));
        approvals.remove(id);
        return destroyed(receipt);
    }

    private Receipt carryOut(Hand hand, Statement said) {
        // before, so that no key goes without a trace
        audit.writeDurably(hand.client(), "", "DESTROY", Map.of(said.label(), 1), "INTENDED");
        String statement = Messages.JSON.writeValueAsString(said);
        byte[] signature = signer.sign(signer.label(), (PREFIX + statement).getBytes(StandardCharsets.UTF_8));
        Receipt receipt = new Receipt(statement, signature);
        // kept before, so that no crash leaves a destroyed key without its receipt; it counts once the key is gone
        receipts.keep(said.label(), receipt);
        token.destroy(said.label());
        return receipt;
    }

    /** The first receipt stands for ever, also when a crash or an older copy left the key. */
    private Optional<Receipt> again(String label) {
        if (!isDestroyed(label)) {
            if (!token.has(label)) {
                throw new Refusal(Code.KEY_UNKNOWN);
            }
            return Optional.empty();
        }
        Receipt first = receipts.find(label).orElseThrow(() -> new Refusal(Code.AUDIT_UNAVAILABLE));
        if (token.has(label)) {
            token.destroy(label);
        }
        return Optional.of(first);
    }

    /** A key of the day would be made anew by the next wrap, under the same name. */
    private LocalDate day(String label) {
        try {
            if (KeyLabels.isEpoch(label)) {
                LocalDate day = LocalDate.parse(label.substring(KeyLabels.EPOCH.length()));
                if (day.isBefore(LocalDate.ofInstant(audit.now(), ZoneOffset.UTC))) {
                    return day;
                }
            }
        } catch (DateTimeException e) {
            throw new Refusal(Code.KEY_NOT_DESTROYABLE);
        }
        throw new Refusal(Code.KEY_NOT_DESTROYABLE);
    }

    private static DestroyAnswer destroyed(Receipt receipt) {
        return new DestroyAnswer(State.DESTROYED, null, receipt);
    }
}
