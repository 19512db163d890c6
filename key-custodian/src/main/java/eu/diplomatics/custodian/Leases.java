package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Approvals.Hand;
import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import eu.diplomatics.custodian.OperatorState.Kind;
import eu.diplomatics.custodian.OperatorState.Lease;
import eu.diplomatics.custodian.OperatorState.Pending;
import eu.diplomatics.custodian.Refusal.Code;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Keys are unwrapped for some clients only while two operators want it: for one order, whose text they approved by its hash,
 * by one run of the client, until the time that stands in it. Every method throws {@link Refusal}.
 */
final class Leases {
    private static final Duration LONGEST = Duration.ofDays(7);
    /** By which a lease shows that it is over. */
    private static final String ENDED = "ended";

    private final Approvals approvals;
    private final OperatorState state;
    private final AuditLog audit;
    private final Map<String, Client> clients;

    Leases(Approvals approvals, OperatorState state, AuditLog audit, Map<String, Client> clients) {
        this.approvals = approvals;
        this.state = state;
        this.audit = audit;
        this.clients = clients;
    }

    /** @param statement the order: a canonical JSON object with {@code client} and {@code validUntil}, the rest is the operators' to read */
    record LeaseRequest(String client, String statement) {}

    /** @param run a UUID that the client drew for this use of the order */
    record RunRequest(String statement, String run) {}

    record Granted(String id, Instant validUntil, List<String> operators) {}

    /** What the client's maker wants to be believed about the time is not: it is read from what is approved. */
    Pending ask(LeaseRequest request, Hand hand) {
        Client client = clients.get(request.client());
        Instant now = audit.now();
        Instant validUntil = validUntil(request);
        if (client == null
                || !client.verbs().contains(Verb.LEASED_UNWRAP)
                || !validUntil.isAfter(now)
                || validUntil.isAfter(now.plus(LONGEST))) {
            throw new Refusal(Code.VALUE_INVALID);
        }
        String hash = hash(request.statement());
        if (state.now().leases().values().stream()
                .anyMatch(lease -> lease.hash().equals(hash))) {
            throw new Refusal(Code.LEASE_USED);
        }
        return approvals.ask(Kind.LEASE, request.client(), hash, 0, validUntil, hand);
    }

    /** The first run has it; that run may come again, after it was killed. */
    synchronized Granted begin(String client, RunRequest request) {
        must(request.run().matches("[0-9a-f-]{36}"));
        Lease lease = inForce(client, request);
        if (lease.run().isEmpty()) {
            put(lease, request.run());
        } else if (!lease.run().equals(request.run())) {
            throw new Refusal(Code.LEASE_USED);
        }
        return new Granted(lease.id(), lease.validUntil(), lease.operators());
    }

    /** From here on nothing is unwrapped under it. */
    synchronized Granted end(String client, RunRequest request) {
        Lease lease = inForce(client, request);
        if (!lease.run().equals(request.run())) {
            throw new Refusal(Code.LEASE_USED);
        }
        put(lease, ENDED);
        return new Granted(lease.id(), lease.validUntil(), lease.operators());
    }

    /** @throws Refusal when this client has begun no lease, or it is over */
    void require(String client) {
        Instant now = audit.now();
        if (state.now().leases().values().stream()
                .noneMatch(lease -> lease.client().equals(client)
                        && !lease.run().isEmpty()
                        && !lease.run().equals(ENDED)
                        && now.isBefore(lease.validUntil()))) {
            throw new Refusal(Code.LEASE_NEEDED);
        }
    }

    private Lease inForce(String client, RunRequest request) {
        Instant now = audit.now();
        String hash = hash(request.statement());
        return state.now().leases().values().stream()
                .filter(lease ->
                        lease.client().equals(client) && lease.hash().equals(hash) && now.isBefore(lease.validUntil()))
                .findFirst()
                .orElseThrow(() -> new Refusal(Code.LEASE_NEEDED));
    }

    private void put(Lease lease, String run) {
        state.update(next -> {
            next.leases()
                    .put(
                            lease.id(),
                            new Lease(
                                    lease.id(),
                                    lease.client(),
                                    lease.hash(),
                                    lease.validUntil(),
                                    lease.operators(),
                                    run));
            return next;
        });
    }

    private static Instant validUntil(LeaseRequest request) {
        try {
            JsonNode order = Messages.JSON.readTree(request.statement());
            must(order.isObject() && Canonical.text(order).equals(request.statement()));
            must(order.path("client").asString("").equals(request.client()));
            return Instant.parse(order.path("validUntil").asString(""));
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new Refusal(Code.STATEMENT_INVALID);
        }
    }

    private static String hash(String text) {
        return PublicKeys.fingerprint(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void must(boolean condition) {
        if (!condition) {
            throw new Refusal(Code.STATEMENT_INVALID);
        }
    }
}
