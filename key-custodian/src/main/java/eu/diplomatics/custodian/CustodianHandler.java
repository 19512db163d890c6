package eu.diplomatics.custodian;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import eu.diplomatics.custodian.Approvals.Hand;
import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import eu.diplomatics.custodian.Destruction.DestroyRequest;
import eu.diplomatics.custodian.Destruction.ExpireRequest;
import eu.diplomatics.custodian.Messages.ApproveRequest;
import eu.diplomatics.custodian.Messages.IndexRequest;
import eu.diplomatics.custodian.Messages.PendingAnswer;
import eu.diplomatics.custodian.Messages.Problem;
import eu.diplomatics.custodian.Messages.RevokeRequest;
import eu.diplomatics.custodian.Messages.RotateRequest;
import eu.diplomatics.custodian.Messages.UnwrapRequest;
import eu.diplomatics.custodian.Messages.WrapRequest;
import eu.diplomatics.custodian.Refusal.Code;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From HTTP to the verbs: who asks, may they, was it written down, and only then the answer. */
final class CustodianHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CustodianHandler.class);
    /** Bodies in memory at once: bounds the heap, not the connections. */
    private static final int AT_ONCE = 32;

    private static final Duration LONGEST_QUEUE = Duration.ofSeconds(3);

    private static final String RECEIPTS = "/v1/receipts/";
    private static final Set<Verb> DURABLE = Set.of(
            Verb.WRAP,
            Verb.EXPIRE,
            Verb.DESTROY,
            Verb.APPROVE,
            Verb.REVOKE,
            Verb.TICKET,
            Verb.LIFT,
            Verb.LEASE,
            Verb.LEASED_UNWRAP,
            Verb.ROTATE);

    private final CustodianVerbs verbs;
    private final Destruction destruction;
    private final Approvals approvals;
    private final Grants grants;
    private final Leases leases;
    private final Tickets tickets;
    private final Map<String, Known> clients = new HashMap<>();
    private final AuditLog audit;
    private final Semaphore slots = new Semaphore(AT_ONCE, true);

    CustodianHandler(
            CustodianVerbs verbs,
            Destruction destruction,
            Approvals approvals,
            OperatorState state,
            CustodianConfiguration configuration,
            AuditLog audit,
            LongSupplier nanoTime) {
        this.verbs = verbs;
        this.destruction = destruction;
        this.approvals = approvals;
        this.audit = audit;
        this.grants = new Grants(approvals, state, audit, configuration.clients());
        this.leases = new Leases(approvals, state, audit, configuration.clients());
        this.tickets = new Tickets(state, audit);
        UsageFile usage = new UsageFile(configuration.auditDirectory());
        configuration
                .clients()
                .forEach((name, client) -> clients.put(
                        name,
                        new Known(client, new ClientLimits(name, client, audit, state, tickets, usage, nanoTime))));
    }

    /** Writes down what was used so far; nobody is let in any more. */
    void close() {
        clients.values().forEach(known -> known.limits().close());
        try {
            tickets.close();
        } catch (Refusal | TokenException e) {
            LOG.error("what is left of tickets cannot be given back: {}", e.toString());
        }
    }

    private record Known(Client client, ClientLimits limits) {}

    private record Caller(String name, String certificate, Hand hand) {}

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (exchange.getRequestURI().getPath().equals("/health/readiness")) {
            // without a place: who wants to know what is wrong gets an answer also when all are taken
            try (exchange) {
                readiness(exchange);
            }
            return;
        }
        if (!enter()) {
            try (exchange) {
                refuse(exchange, new Refusal(Code.BUSY, Duration.ofSeconds(1)));
            }
            return;
        }
        try (exchange) {
            try {
                send(exchange, 200, answer(exchange));
            } catch (Refusal e) {
                refuse(exchange, e);
            } catch (RuntimeException e) {
                LOG.error("request failed", e);
                refuse(exchange, new Refusal(Code.INTERNAL));
            }
        } finally {
            slots.release();
        }
    }

    private void readiness(HttpExchange exchange) throws IOException {
        try {
            Caller caller = caller(exchange);
            method(exchange, "GET");
            known(caller, "READINESS");
        } catch (Refusal e) {
            refuse(exchange, e);
            return;
        }
        TokenState state = verbs.state();
        if (state == TokenState.OPEN) {
            send(exchange, 200, new Messages.Ready("READY", verbs.inHardware()));
        } else {
            Code code = Code.TOKEN_UNAVAILABLE;
            send(
                    exchange,
                    code.status(),
                    new Messages.NotReady("NOT_READY", code.name(), code.detail(), state.name(), state.hint()));
        }
    }

    /** Lets nobody in any more and waits for those who are: the JDK's own grace period always lasts to its end. */
    void drain(Duration atMost) {
        try {
            if (!slots.tryAcquire(AT_ONCE, atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("stopping although requests are still running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean enter() {
        try {
            return slots.tryAcquire(LONGEST_QUEUE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Object answer(HttpExchange exchange) throws IOException {
        Caller caller = caller(exchange);
        String path = exchange.getRequestURI().getPath();
        Verb verb = switch (path) {
            case "/v1/wrap" -> Verb.WRAP;
            case "/v1/unwrap" -> Verb.UNWRAP;
            case "/v1/index" -> Verb.INDEX;
            case "/v1/expire" -> Verb.EXPIRE;
            case "/v1/destroy" -> Verb.DESTROY;
            case "/v1/approve" -> Verb.APPROVE;
            case "/v1/revoke" -> Verb.REVOKE;
            case "/v1/ticket" -> Verb.TICKET;
            case "/v1/lift" -> Verb.LIFT;
            case "/v1/lease" -> Verb.LEASE;
            case "/v1/begin", "/v1/end" -> Verb.LEASED_UNWRAP;
            case "/v1/rotate" -> Verb.ROTATE;
            case "/v1/status", "/v1/pending" -> Verb.STATUS;
            default -> {
                if (path.startsWith(RECEIPTS)) {
                    yield Verb.STATUS;
                }
                throw new Refusal(Code.PATH_UNKNOWN);
            }
        };
        method(exchange, verb == Verb.STATUS ? "GET" : "POST");
        Known known = known(caller, verb.name());
        Use use = new Use(caller, verb);
        try {
            allow(known, verb, caller.name());
            Object answer = carryOut(use, known, exchange);
            use.done(use.outcome);
            return answer;
        } catch (Refusal e) {
            use.done(e.code().name());
            throw e;
        } catch (RuntimeException e) {
            use.done(Code.INTERNAL.name());
            throw e;
        }
    }

    private void allow(Known known, Verb verb, String name) {
        Set<Verb> verbs = known.client().verbs();
        if (verb == Verb.UNWRAP && !verbs.contains(verb) && verbs.contains(Verb.LEASED_UNWRAP)) {
            leases.require(name);
        } else if (!verbs.contains(verb)) {
            throw new Refusal(Code.VERB_NOT_ALLOWED);
        }
    }

    private Object carryOut(Use use, Known known, HttpExchange exchange) throws IOException {
        return switch (use.verb) {
            case WRAP -> {
                var answer = verbs.wrap(Messages.read(body(exchange), WrapRequest.class));
                use.keys = Map.of(answer.wrapped().label(), 1);
                yield answer;
            }
            case UNWRAP -> {
                var request = Messages.read(body(exchange), UnwrapRequest.class);
                use.keys = CustodianVerbs.auditable(request.wrapped().label());
                known.limits().unwrap();
                yield verbs.unwrap(request);
            }
            case INDEX -> {
                var request = Messages.read(body(exchange), IndexRequest.class);
                use.keys = verbs.countOf(request, known.client());
                yield CustodianVerbs.asked(
                        () -> known.limits().index(request.items().size(), () -> verbs.index(request)));
            }
            case EXPIRE -> {
                var request = Messages.read(body(exchange), ExpireRequest.class);
                use.keys = CustodianVerbs.auditable(request.label());
                yield CustodianVerbs.asked(() -> destruction.expire(request, use.caller.hand()));
            }
            case DESTROY -> {
                var request = Messages.read(body(exchange), DestroyRequest.class);
                use.keys = CustodianVerbs.auditable(request.label());
                var answer = CustodianVerbs.asked(() -> destruction.destroy(request, use.caller.hand()));
                use.outcome = answer.state().name();
                yield answer;
            }
            case APPROVE -> {
                var request = Messages.read(body(exchange), ApproveRequest.class);
                var pending =
                        CustodianVerbs.asked(() -> approvals.approve(request.id(), request.hash(), use.caller.hand()));
                use.keys = CustodianVerbs.auditable(pending.subject());
                use.outcome = (pending.approvedAt() == null ? "FIRST " : "SECOND ") + pending.id();
                yield Approvals.view(pending);
            }
            case REVOKE -> {
                var request = Messages.read(body(exchange), RevokeRequest.class);
                var pending = CustodianVerbs.asked(() -> approvals.revoke(request.id()));
                use.outcome = "OK " + pending.id();
                use.keys = CustodianVerbs.auditable(pending.subject());
                yield Approvals.view(pending);
            }
            case TICKET -> {
                var request = Messages.read(body(exchange), Grants.TicketRequest.class);
                yield asked(use, CustodianVerbs.asked(() -> grants.ticket(request, use.caller.hand())));
            }
            case LIFT -> {
                var request = Messages.read(body(exchange), Grants.LiftRequest.class);
                yield asked(use, CustodianVerbs.asked(() -> grants.lift(request, use.caller.hand())));
            }
            case LEASE -> {
                var request = Messages.read(body(exchange), Leases.LeaseRequest.class);
                yield asked(use, CustodianVerbs.asked(() -> leases.ask(request, use.caller.hand())));
            }
            case LEASED_UNWRAP -> {
                boolean begins = exchange.getRequestURI().getPath().equals("/v1/begin");
                var request = Messages.read(body(exchange), Leases.RunRequest.class);
                var answer = CustodianVerbs.asked(() ->
                        begins ? leases.begin(use.caller.name(), request) : leases.end(use.caller.name(), request));
                use.outcome = (begins ? "BEGUN " : "ENDED ") + answer.id();
                yield answer;
            }
            case ROTATE -> {
                var answer = verbs.rotate(Messages.read(body(exchange), RotateRequest.class));
                use.keys = Map.of(answer.label(), 1);
                yield answer;
            }
            case STATUS -> status(exchange.getRequestURI().getPath());
        };
    }

    private static Approvals.View asked(Use use, OperatorState.Pending pending) {
        use.outcome = "ASKED " + pending.id() + (pending.amount() == 0 ? "" : " for " + pending.amount());
        return Approvals.view(pending);
    }

    private Object status(String path) {
        if (path.equals("/v1/pending")) {
            return new PendingAnswer(approvals.pending());
        }
        if (path.startsWith(RECEIPTS)) {
            return destruction
                    .receipt(path.substring(RECEIPTS.length()))
                    .orElseThrow(() -> new Refusal(Code.KEY_UNKNOWN));
        }
        return verbs.status(CustodianApplication.version(), tickets.seen());
    }

    /** One use of a verb, as it will stand in the audit log. */
    private final class Use {
        private final Caller caller;
        private final Verb verb;
        private Map<String, Integer> keys = Map.of();
        private String outcome = "OK";

        Use(Caller caller, Verb verb) {
            this.caller = caller;
            this.verb = verb;
        }

        void done(String outcome) {
            if (outcome.equals(Code.QUOTA_EXCEEDED.name())) {
                LOG.warn("client {} has used up its quota: somebody may be enumerating", caller.name());
            }
            if (DURABLE.contains(verb)) {
                audit.writeDurably(caller.name(), caller.certificate(), verb.name(), keys, outcome);
            } else {
                audit.write(caller.name(), caller.certificate(), verb.name(), keys, outcome);
            }
        }
    }

    private Known known(Caller caller, String verb) {
        Known known = clients.get(caller.name());
        if (known == null) {
            audit.write(caller.name(), caller.certificate(), verb, Map.of(), Code.CLIENT_UNKNOWN.name());
            throw new Refusal(Code.CLIENT_UNKNOWN);
        }
        return known;
    }

    private static Caller caller(HttpExchange exchange) {
        try {
            var certificate =
                    (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
            var subject = new LdapName(certificate.getSubjectX500Principal().getName());
            String name = "";
            for (var part : subject.getRdns()) {
                if (name.isEmpty() && part.getType().equalsIgnoreCase("CN")) {
                    name = part.getValue().toString();
                }
            }
            Hand hand = new Hand(
                    name,
                    PublicKeys.fingerprint(certificate.getEncoded()),
                    PublicKeys.fingerprint(certificate.getPublicKey().getEncoded()));
            return new Caller(name, certificate.getSerialNumber().toString(16), hand);
        } catch (SSLPeerUnverifiedException | InvalidNameException | CertificateEncodingException e) {
            throw new Refusal(Code.CLIENT_UNKNOWN);
        }
    }

    private static void method(HttpExchange exchange, String method) {
        if (!exchange.getRequestMethod().equals(method)) {
            throw new Refusal(Code.METHOD_NOT_ALLOWED);
        }
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null
                || !type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals("application/json")) {
            throw new Refusal(Code.MEDIA_TYPE_UNSUPPORTED);
        }
        byte[] body = exchange.getRequestBody().readNBytes(Messages.MAX_BODY_BYTES + 1);
        if (body.length > Messages.MAX_BODY_BYTES) {
            throw new Refusal(Code.BODY_TOO_LARGE);
        }
        return body;
    }

    private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
        Code code = refusal.code();
        if (!refusal.retryAfter().isZero()) {
            long seconds = Math.max(1, refusal.retryAfter().plusMillis(999).toSeconds());
            exchange.getResponseHeaders().set("Retry-After", Long.toString(seconds));
        }
        send(exchange, code.status(), new Problem(code.name(), code.detail()));
    }

    private static void send(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] body = Messages.JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
