package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Approvals.Hand;
import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import eu.diplomatics.custodian.OperatorState.Alarm;
import eu.diplomatics.custodian.OperatorState.Kind;
import eu.diplomatics.custodian.OperatorState.Pending;
import eu.diplomatics.custodian.Refusal.Code;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** What operators ask for a client: more values than its quota, or that it goes on after an alarm. */
final class Grants {
    private static final Duration LONGEST = Duration.ofDays(14);
    private static final long LARGEST = 1_000_000_000;

    private final Approvals approvals;
    private final OperatorState state;
    private final AuditLog audit;
    private final Map<String, Client> clients;

    Grants(Approvals approvals, OperatorState state, AuditLog audit, Map<String, Client> clients) {
        this.approvals = approvals;
        this.state = state;
        this.audit = audit;
        this.clients = clients;
    }

    /** @param amount of values to index */
    record TicketRequest(String client, long amount, Instant validUntil) {}

    record LiftRequest(String client) {}

    Pending ticket(TicketRequest request, Hand hand) {
        Client client = clients.get(request.client());
        Instant now = audit.now();
        if (client == null
                || !client.verbs().contains(Verb.INDEX)
                || request.amount() < 1
                || request.amount() > LARGEST
                || !request.validUntil().isAfter(now)
                || request.validUntil().isAfter(now.plus(LONGEST))) {
            throw new Refusal(Code.VALUE_INVALID);
        }
        String hash = hash("ticket " + request.client() + " " + request.amount() + " " + request.validUntil());
        return approvals.ask(Kind.TICKET, request.client(), hash, request.amount(), request.validUntil(), hand);
    }

    Pending lift(LiftRequest request, Hand hand) {
        Alarm alarm = state.now().alarms().get(request.client());
        if (alarm == null) {
            throw new Refusal(Code.PENDING_UNKNOWN);
        }
        String hash = hash("lift " + request.client() + " " + alarm.reason() + " " + alarm.raisedAt());
        return approvals.ask(Kind.LIFT, request.client(), hash, 0, null, hand);
    }

    private static String hash(String text) {
        return PublicKeys.fingerprint(text.getBytes(StandardCharsets.UTF_8));
    }
}
