package eu.diplomatics.custodian;

import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.Messages.IndexAnswer;
import eu.diplomatics.custodian.Messages.IndexItem;
import eu.diplomatics.custodian.Messages.IndexRequest;
import eu.diplomatics.custodian.Messages.RotateAnswer;
import eu.diplomatics.custodian.Messages.RotateRequest;
import eu.diplomatics.custodian.Messages.Status;
import eu.diplomatics.custodian.Messages.UnwrapAnswer;
import eu.diplomatics.custodian.Messages.UnwrapRequest;
import eu.diplomatics.custodian.Messages.WrapAnswer;
import eu.diplomatics.custodian.Messages.WrapRequest;
import eu.diplomatics.custodian.Messages.Wrapped;
import eu.diplomatics.custodian.Refusal.Code;
import eu.diplomatics.custodian.Token.KeyKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a custodian does with its keys. Every method throws {@link Refusal}. */
final class CustodianVerbs {
    private static final Logger LOG = LoggerFactory.getLogger(CustodianVerbs.class);

    /** What a custodian has from the start. */
    static final Map<String, KeyKind> FIRST_KEYS = Map.of(
            KeyLabels.HOLDER_INDEX,
            KeyKind.DIGEST,
            KeyLabels.ACCESS_LOG_INDEX,
            KeyKind.DIGEST,
            KeyLabels.RECEIPT_SIGNING,
            KeyKind.SIGNING);

    private static final String MECHANISM = "AES-256-GCM";
    private static final int MAX_CONTEXT_BYTES = 256;
    private static final int PSEUDONYM_BYTES = 32;

    private final String custodian;
    private final Token token;
    private final Destruction destruction;
    private final InstantSource clock;
    private final AuditLog audit;
    private final ReceiptSigner signer;

    CustodianVerbs(String custodian, Token token, Destruction destruction, InstantSource clock, AuditLog audit) {
        this.custodian = custodian;
        this.token = token;
        this.destruction = destruction;
        this.clock = clock;
        this.audit = audit;
        this.signer = new ReceiptSigner(token);
    }

    /** Whether all keys that a custodian has from the start are there. */
    TokenState state() {
        try {
            token.check();
            return token.labels().containsAll(FIRST_KEYS.keySet()) ? TokenState.OPEN : TokenState.KEYS_LOST;
        } catch (TokenException e) {
            LOG.debug("not ready: {}", e.toString());
            return TokenState.of(e.reason());
        }
    }

    /** For every client: whoever entrusts keys to a custodian may know what they are kept in. */
    boolean inHardware() {
        return token.hardware();
    }

    WrapAnswer wrap(WrapRequest request) {
        if (request.key().length < 16 || request.key().length > 64) {
            throw new Refusal(Code.VALUE_INVALID);
        }
        checkContext(request.context());
        String label = KeyLabels.EPOCH + today();
        return asked(() -> {
            // of two clocks that fell back, the second one to a day whose key, and all later ones, are gone
            if (destruction.isDestroyed(label)
                    || token.labels().stream()
                            .anyMatch(other -> other.startsWith(KeyLabels.EPOCH) && other.compareTo(label) > 0)) {
                throw new Refusal(Code.CLOCK_BEHIND);
            }
            token.create(label, KeyKind.WRAPPING);
            Token.Sealed sealed = token.wrap(label, bound(label, request.context()), request.key());
            return new WrapAnswer(new Wrapped(custodian, label, MECHANISM, sealed.iv(), sealed.ciphertext()));
        });
    }

    UnwrapAnswer unwrap(UnwrapRequest request) {
        Wrapped wrapped = request.wrapped();
        checkContext(request.context());
        if (!wrapped.custodian().equals(custodian)
                || !wrapped.mechanism().equals(MECHANISM)
                || wrapped.iv().length != 12
                || wrapped.ciphertext().length > 128) {
            throw new Refusal(Code.UNWRAP_FAILED);
        }
        String label = wrapped.label();
        if (!KeyLabels.isEpoch(label)) {
            throw new Refusal(Code.KEY_UNKNOWN);
        }
        if (destruction.isDestroyed(label)) {
            throw new Refusal(Code.KEY_DESTROYED);
        }
        return asked(() -> new UnwrapAnswer(token.unwrap(
                label, bound(label, request.context()), new Token.Sealed(wrapped.iv(), wrapped.ciphertext()))));
    }

    /** How many values per key label, checked: no more than a batch, each a pseudonym, each key allowed. */
    Map<String, Integer> countOf(IndexRequest request, Client client) {
        if (request.items().isEmpty() || request.items().size() > CustodianConfiguration.MAX_BATCH) {
            throw new Refusal(Code.VALUE_INVALID);
        }
        Map<String, Integer> counts = new TreeMap<>();
        Set<String> allowed = new HashSet<>();
        for (IndexItem item : request.items()) {
            if (!allowed.contains(item.key())
                    && !(KeyLabels.covers(client.indexKeys(), item.key()) && allowed.add(item.key()))) {
                throw new Refusal(Code.KEY_NOT_ALLOWED);
            }
            // a number of a person, sent by mistake, is shorter
            if (item.value().length != PSEUDONYM_BYTES) {
                throw new Refusal(Code.VALUE_INVALID);
            }
            counts.merge(item.key(), 1, Integer::sum);
        }
        return counts;
    }

    IndexAnswer index(IndexRequest request) {
        List<IndexItem> items = request.items();
        Map<String, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < items.size(); i++) {
            places.computeIfAbsent(items.get(i).key(), any -> new ArrayList<>()).add(i);
        }
        byte[][] values = new byte[items.size()][];
        return asked(() -> {
            places.forEach((label, positions) -> {
                List<byte[]> digests = token.digest(
                        label, positions.stream().map(i -> items.get(i).value()).toList());
                for (int i = 0; i < digests.size(); i++) {
                    values[positions.get(i)] = digests.get(i);
                }
            });
            return new IndexAnswer(List.of(values));
        });
    }

    /** The label if it may stand in the audit log. */
    static Map<String, Integer> auditable(String label) {
        return KeyLabels.isEpoch(label) ? Map.of(label, 1) : Map.of();
    }

    /** Makes the version asked for, no other than the next; the latest one is there already. */
    synchronized RotateAnswer rotate(RotateRequest request) {
        String name = request.key();
        boolean index = KeyLabels.INDEX_KEYS.contains(name);
        if (!index && !name.equals(KeyLabels.RECEIPT_SIGNING)) {
            throw new Refusal(Code.KEY_NOT_ALLOWED);
        }
        return asked(() -> {
            int latest = KeyLabels.latest(token.labels(), name);
            if (request.version() < 2 || request.version() < latest || request.version() > latest + 1) {
                throw new Refusal(Code.VALUE_INVALID);
            }
            String label = KeyLabels.of(name, request.version());
            token.create(label, index ? KeyKind.DIGEST : KeyKind.SIGNING);
            return new RotateAnswer(label, index ? KeyCheck.of(token, label) : "");
        });
    }

    /** @param granted what operators have granted, and what alarms there are */
    Status status(String version, OperatorState.State granted) {
        return asked(() -> new Status(
                custodian,
                version,
                token.technology(),
                token.hardware(),
                token.labels(),
                signer.publicKey(signer.label()),
                token.signatureAlgorithm(),
                KeyCheck.ofAll(token),
                audit.intact(),
                audit.currentHead(),
                granted.tickets().values(),
                granted.alarms().values()));
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static void checkContext(byte[] context) {
        if (context.length == 0 || context.length > MAX_CONTEXT_BYTES) {
            throw new Refusal(Code.VALUE_INVALID);
        }
    }

    private byte[] bound(String label, byte[] context) {
        byte[][] fields = {
            "diplomatics custodian wrap v1".getBytes(StandardCharsets.US_ASCII),
            custodian.getBytes(StandardCharsets.US_ASCII),
            label.getBytes(StandardCharsets.US_ASCII),
            MECHANISM.getBytes(StandardCharsets.US_ASCII),
            context
        };
        int size = 0;
        for (byte[] field : fields) {
            size += Integer.BYTES + field.length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        for (byte[] field : fields) {
            buffer.putInt(field.length).put(field);
        }
        return buffer.array();
    }

    /** What the token says, as the client is told it. */
    static <T> T asked(Supplier<T> work) {
        try {
            return work.get();
        } catch (TokenException e) {
            throw switch (e.reason()) {
                case UNKNOWN_KEY -> new Refusal(Code.KEY_UNKNOWN);
                case MISMATCH -> new Refusal(Code.UNWRAP_FAILED);
                case HANGING -> new Refusal(Code.BUSY, Duration.ofSeconds(1));
                default -> new Refusal(Code.TOKEN_UNAVAILABLE);
            };
        }
    }
}
