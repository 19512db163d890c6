package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Refusal.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * What operators have begun and what they have granted: one small file, replaced as a whole and signed, so that nobody
 * adds an approval to it.
 */
final class OperatorState {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorState.class);
    private static final String PREFIX = "diplomatics custodian state v1\n";

    private final Path file;
    private final AuditLog.Signer signer;
    private State state;

    enum Kind {
        /** A key goes, outside the schedule. */
        DESTROY,
        /** A client may have more values indexed than its quota allows. */
        TICKET,
        /** A client that was stopped goes on. */
        LIFT,
        /** A client may unwrap keys, for one order. */
        LEASE
    }

    /**
     * @param certificate SHA-256 of it
     * @param publicKey SHA-256 of it: a renewed certificate is still the same hand
     */
    record Approval(String client, String certificate, String publicKey, Instant at) {}

    /**
     * @param subject a key's label, or a client
     * @param hash of what is asked, so that an approval is for nothing else
     * @param amount of values; 0 unless a ticket
     * @param validUntil of a ticket or lease
     * @param approvedAt when the second one approved
     */
    record Pending(
            String id,
            Kind kind,
            String subject,
            String hash,
            long amount,
            @Nullable Instant validUntil,
            String requestedBy,
            Instant requestedAt,
            List<Approval> approvals,
            @Nullable Instant approvedAt) {}

    /** @param used may run ahead of what was indexed by one portion */
    record Ticket(String id, String client, long amount, long used, Instant validUntil, List<String> operators) {}

    /**
     * @param hash of the order that two operators approved
     * @param run of the client that began it, and no other; empty before
     */
    record Lease(String id, String client, String hash, Instant validUntil, List<String> operators, String run) {}

    record Alarm(String client, String reason, long values, Instant raisedAt, boolean stopped) {}

    /** @param leases absent in a file of an earlier version */
    record State(
            Map<String, Pending> pending,
            Map<String, Ticket> tickets,
            Map<String, Alarm> alarms,
            @Nullable Map<String, Lease> leases,
            long sequence) {
        State {
            pending = new TreeMap<>(pending);
            tickets = new TreeMap<>(tickets);
            alarms = new TreeMap<>(alarms);
            leases = leases == null ? new TreeMap<>() : new TreeMap<>(leases);
        }

        @Override
        public Map<String, Lease> leases() {
            return Objects.requireNonNull(leases);
        }

        State copy() {
            return new State(pending, tickets, alarms, leases, sequence);
        }
    }

    private record Kept(String state, String key, byte[] signature) {}

    /** @throws ConfigurationException when the file is not as it was written */
    OperatorState(Path directory, AuditLog.Signer signer) {
        this.file = directory.resolve("state").resolve("operators.json");
        this.signer = signer;
        this.state = read();
    }

    synchronized State now() {
        return state.copy();
    }

    /** Changes a copy; what it returns is on the disk and in force when this returns. */
    synchronized State update(UnaryOperator<State> change) {
        State next = change.apply(state.copy());
        try {
            String text = Messages.JSON.writeValueAsString(next);
            String key = signer.label();
            byte[] signature = signer.sign(key, signed(text));
            DurableFile.replace(file, Messages.JSON.writeValueAsBytes(new Kept(text, key, signature)));
        } catch (IOException e) {
            LOG.error("state {} cannot be written: {}", file, e.toString());
            throw new Refusal(Code.AUDIT_UNAVAILABLE);
        }
        state = next;
        return next.copy();
    }

    private State read() {
        if (Files.notExists(file)) {
            return new State(Map.of(), Map.of(), Map.of(), Map.of(), 0);
        }
        try {
            Kept kept = Messages.JSON.readValue(Files.readAllBytes(file), Kept.class);
            if (PublicKeys.verifies(signer.publicKey(kept.key()), signed(kept.state()), kept.signature())) {
                return CustodianConfiguration.STRICT.readValue(kept.state(), State.class);
            }
        } catch (IOException | JacksonException | TokenException e) {
            LOG.debug("state cannot be read: {}", e.toString());
        }
        throw new ConfigurationException(
                "state file " + file + " is not as the custodian wrote it",
                "keep a copy, find out who changed it, then remove it: what was pending is asked anew");
    }

    private static byte[] signed(String text) {
        return (PREFIX + text).getBytes(StandardCharsets.UTF_8);
    }
}
