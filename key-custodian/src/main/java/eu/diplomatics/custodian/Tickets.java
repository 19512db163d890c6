package eu.diplomatics.custodian;

import eu.diplomatics.custodian.OperatorState.State;
import eu.diplomatics.custodian.OperatorState.Ticket;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What two operators granted beyond the quota. Taken in portions that are written down before they are used: a crash
 * costs the client at most one portion, and never gives it one twice.
 */
final class Tickets implements AutoCloseable {
    static final long PORTION = 100_000;

    private final OperatorState state;
    private final AuditLog audit;
    private final Map<String, Long> inHand = new HashMap<>();

    Tickets(OperatorState state, AuditLog audit) {
        this.state = state;
        this.audit = audit;
    }

    /** Takes all or nothing from one of the client's tickets in force. */
    synchronized boolean take(String client, int count) {
        Instant now = audit.now();
        for (Ticket ticket : state.now().tickets().values()) {
            long ready = inHand.getOrDefault(ticket.id(), 0L);
            long left = ready + ticket.amount() - ticket.used();
            if (ticket.client().equals(client) && now.isBefore(ticket.validUntil()) && left >= count) {
                if (ready < count) {
                    long portion = Math.min(Math.max(PORTION, count - ready), ticket.amount() - ticket.used());
                    use(ticket.id(), portion);
                    ready += portion;
                }
                inHand.put(ticket.id(), ready - count);
                return true;
            }
        }
        return false;
    }

    private void use(String id, long portion) {
        state.update(next -> {
            next.tickets().computeIfPresent(id, (any, ticket) -> used(ticket, portion));
            return next;
        });
    }

    private static Ticket used(Ticket ticket, long more) {
        return new Ticket(
                ticket.id(),
                ticket.client(),
                ticket.amount(),
                ticket.used() + more,
                ticket.validUntil(),
                ticket.operators());
    }

    /** With what is in hand given back. */
    synchronized State seen() {
        State now = state.now();
        now.tickets().replaceAll((id, ticket) -> used(ticket, -inHand.getOrDefault(id, 0L)));
        return now;
    }

    /** Gives back what was not used. */
    @Override
    public synchronized void close() {
        Map<String, Long> rest = new HashMap<>(inHand);
        rest.values().removeIf(left -> left == 0);
        inHand.clear();
        if (!rest.isEmpty()) {
            state.update(next -> {
                rest.forEach((id, left) -> next.tickets().computeIfPresent(id, (any, ticket) -> used(ticket, -left)));
                return next;
            });
        }
    }
}
