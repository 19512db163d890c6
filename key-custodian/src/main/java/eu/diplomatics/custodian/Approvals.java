package eu.diplomatics.custodian;

import eu.diplomatics.custodian.OperatorState.Approval;
import eu.diplomatics.custodian.OperatorState.Kind;
import eu.diplomatics.custodian.OperatorState.Lease;
import eu.diplomatics.custodian.OperatorState.Pending;
import eu.diplomatics.custodian.OperatorState.State;
import eu.diplomatics.custodian.OperatorState.Ticket;
import eu.diplomatics.custodian.Refusal.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What takes two operators, each with a certificate of their own: one asks or not, two approve, anybody who may revokes.
 * Times are those of {@link AuditLog#now()}, which never runs back.
 */
final class Approvals {
    /** Between the second approval and the destruction of a key: time to notice and revoke. */
    static final Duration HOLD = Duration.ofHours(72);

    /** What was asked and not carried out by then is forgotten. */
    static final Duration LAPSE = Duration.ofDays(14);

    private final OperatorState state;
    private final AuditLog audit;

    Approvals(OperatorState state, AuditLog audit) {
        this.state = state;
        this.audit = audit;
    }

    /** Who asks, by their certificate. */
    record Hand(String client, String certificate, String publicKey) {}

    /** @param dueAt from when on a key can be destroyed; null before the second approval and for what takes no time */
    record View(
            String id,
            Kind kind,
            String subject,
            String hash,
            long amount,
            @Nullable Instant validUntil,
            String requestedBy,
            Instant requestedAt,
            List<Approved> approvals,
            @Nullable Instant dueAt,
            Instant lapsesAt) {}

    record Approved(String client, Instant at) {}

    /** Asks; the same again is the same. */
    synchronized Pending ask(
            Kind kind, String subject, String hash, long amount, @Nullable Instant validUntil, Hand hand) {
        Instant now = audit.now();
        String id = kind.name().toLowerCase(Locale.ROOT) + "-" + subject;
        Pending there = current(state.now(), now, id);
        if (there != null) {
            if (!there.hash().equals(hash)) {
                throw new Refusal(Code.ALREADY_PENDING);
            }
            return there;
        }
        Pending asked = new Pending(id, kind, subject, hash, amount, validUntil, hand.client(), now, List.of(), null);
        state.update(next -> {
            next.pending().put(id, asked);
            return next;
        });
        return asked;
    }

    /** @param hash of what the operator has looked at */
    synchronized Pending approve(String id, String hash, Hand hand) {
        Instant now = audit.now();
        Pending there = known(id, now);
        if (!there.hash().equals(hash)) {
            throw new Refusal(Code.ALREADY_PENDING);
        }
        if (there.approvals().stream()
                .anyMatch(other -> other.client().equals(hand.client())
                        || other.certificate().equals(hand.certificate())
                        || other.publicKey().equals(hand.publicKey()))) {
            throw new Refusal(Code.SAME_OPERATOR);
        }
        if (there.approvedAt() != null) {
            throw new Refusal(Code.ALREADY_APPROVED);
        }
        List<Approval> approvals = new ArrayList<>(there.approvals());
        approvals.add(new Approval(hand.client(), hand.certificate(), hand.publicKey(), now));
        Pending approved = new Pending(
                id,
                there.kind(),
                there.subject(),
                hash,
                there.amount(),
                there.validUntil(),
                there.requestedBy(),
                there.requestedAt(),
                List.copyOf(approvals),
                approvals.size() == 2 ? now : null);
        state.update(next -> approved.approvedAt() == null ? put(next, approved) : inForce(next, approved));
        return approved;
    }

    synchronized Pending revoke(String id) {
        Pending there = known(id, audit.now());
        remove(id);
        return there;
    }

    synchronized void remove(String id) {
        state.update(next -> {
            next.pending().remove(id);
            return next;
        });
    }

    /** What waits, without what has lapsed. */
    List<View> pending() {
        Instant now = audit.now();
        return state.now().pending().values().stream()
                .filter(pending -> now.isBefore(lapse(pending)))
                .map(Approvals::view)
                .toList();
    }

    static View view(Pending pending) {
        Instant approvedAt = pending.approvedAt();
        return new View(
                pending.id(),
                pending.kind(),
                pending.subject(),
                pending.hash(),
                pending.amount(),
                pending.validUntil(),
                pending.requestedBy(),
                pending.requestedAt(),
                pending.approvals().stream()
                        .map(approval -> new Approved(approval.client(), approval.at()))
                        .toList(),
                approvedAt == null ? null : approvedAt.plus(HOLD),
                lapse(pending));
    }

    private static State put(State next, Pending pending) {
        next.pending().put(pending.id(), pending);
        return next;
    }

    private static State inForce(State next, Pending pending) {
        Instant validUntil = pending.validUntil();
        switch (pending.kind()) {
            case DESTROY -> next.pending().put(pending.id(), pending);
            case TICKET -> {
                String id = pending.id() + "-" + (next.sequence() + 1);
                Ticket ticket = new Ticket(
                        id,
                        pending.subject(),
                        pending.amount(),
                        0,
                        validUntil == null ? Instant.EPOCH : validUntil,
                        pending.approvals().stream().map(Approval::client).toList());
                next.tickets()
                        .values()
                        .removeIf(old -> old.validUntil().plus(LAPSE).isBefore(ticket.validUntil()));
                next.tickets().put(id, ticket);
                next.pending().remove(pending.id());
            }
            case LEASE -> {
                String id = pending.id() + "-" + (next.sequence() + 1);
                Instant until = validUntil == null ? Instant.EPOCH : validUntil;
                // the time stands in the order, so that one that is forgotten cannot be asked again
                next.leases()
                        .values()
                        .removeIf(old -> old.validUntil().plus(LAPSE).isBefore(until));
                next.leases()
                        .put(
                                id,
                                new Lease(
                                        id,
                                        pending.subject(),
                                        pending.hash(),
                                        until,
                                        pending.approvals().stream()
                                                .map(Approval::client)
                                                .toList(),
                                        ""));
                next.pending().remove(pending.id());
            }
            case LIFT -> {
                next.alarms().remove(pending.subject());
                next.pending().remove(pending.id());
            }
        }
        return new State(next.pending(), next.tickets(), next.alarms(), next.leases(), next.sequence() + 1);
    }

    private Pending known(String id, Instant now) {
        Pending there = current(state.now(), now, id);
        if (there == null) {
            throw new Refusal(Code.PENDING_UNKNOWN);
        }
        return there;
    }

    private static @Nullable Pending current(State state, Instant now, String id) {
        Pending there = state.pending().get(id);
        return there != null && now.isBefore(lapse(there)) ? there : null;
    }

    private static Instant lapse(Pending pending) {
        return pending.requestedAt().plus(LAPSE);
    }
}
