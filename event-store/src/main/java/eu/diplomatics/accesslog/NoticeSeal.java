package eu.diplomatics.accesslog;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.SecretVersions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pseudonyms and sealed values of notices, of who is to get them and of cases, under the key of the access log. A pseudonym is the
 * version of the key (1) ‖ HMAC (32), always under the oldest version there is, so that it stays; what is sealed names the
 * version in use when it was. None fits a pseudonym of the access log's rows.
 */
public final class NoticeSeal {
    private static final String SECRET = "access-log-seal";
    /** So that no length tells a name. */
    private static final int PADDING_BYTES = 256;

    private final SecretVersions keys;
    private final JsonMapper json = JsonMapper.shared();

    public NoticeSeal(Keyring keyring) {
        this(keyring, InstantSource.system());
    }

    /** @param clock says when a new version of the key comes into use */
    public NoticeSeal(Keyring keyring, InstantSource clock) {
        this.keys = new SecretVersions(keyring, SECRET, clock);
    }

    /** @param key number of the version that it is sealed with */
    public record Sealed(byte[] value, int key) {
        @Override
        public String toString() {
            return "Sealed[" + key + ", redacted]";
        }
    }

    /**
     * Fetches the keys once for many values; to be closed.
     *
     * @throws KeysUnavailableException when they cannot be had
     */
    public Session open() {
        return new Session();
    }

    /** The keys at hand, for a moment. Not thread-safe. */
    public final class Session implements AutoCloseable {
        private final Map<Integer, SecretBytes> versions = new HashMap<>();
        private final int oldest;
        private final int active;
        private final byte[] own;

        private Session() {
            SecretVersion first = keys.all().getFirst();
            SecretVersion used = keys.active();
            this.oldest = number(first);
            this.active = number(used);
            versions.put(oldest, fetch(first));
            if (active != oldest) {
                versions.put(active, fetch(used));
            }
            this.own = Hmac.sha256(key(oldest), Hmac.lengthPrefixed("notice-pseudonym"));
        }

        /** A record, as recipients and changes of it have it. */
        public byte[] record(UUID reference) {
            return pseudonym("record", reference.toString());
        }

        /** An agency, as the recipients of one record have it: of another record it is another. */
        public byte[] recipient(UUID reference, String agency) {
            return pseudonym("recipient", reference.toString(), agency);
        }

        /** An agency, as its own notices have it. */
        public byte[] feed(String agency) {
            return pseudonym("feed", agency);
        }

        /** @param leaf of the event, which is that of no other */
        public byte[] change(byte[] leaf) {
            return pseudonym("change", hex(leaf));
        }

        /** What happened, as the notices of one agency have it. */
        public byte[] notice(byte[] feed, byte[] change) {
            return pseudonym("notice", hex(feed), hex(change));
        }

        /** The agency's id, which opens beside these two pseudonyms only. */
        public Sealed sealRecipient(byte[] record, byte[] recipient, String agency) {
            return seal(agency.getBytes(StandardCharsets.UTF_8), context("notice-recipient", record, recipient));
        }

        /** Empty for what is not what was sealed. */
        public Optional<String> openRecipient(byte[] record, byte[] recipient, Sealed sealed) {
            return opened(sealed, context("notice-recipient", record, recipient));
        }

        /** What happened; {@code of} is the pseudonym of the record, or of the feed in which it is told. */
        public Sealed seal(byte[] of, byte[] event, Notice notice) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("kind", notice.kind().name());
            fields.put("reference", notice.reference());
            fields.put("version", notice.version());
            fields.put("position", notice.position());
            fields.put("recordedAt", notice.recordedAt().toString());
            if (notice.caseId() != null) {
                fields.put("case", notice.caseId());
            }
            return seal(json.writeValueAsBytes(fields), context("notice", of, event));
        }

        /** Empty for what is not what was sealed. */
        public Optional<Notice> open(byte[] of, byte[] event, Sealed sealed) {
            return opened(sealed, context("notice", of, event)).map(text -> {
                JsonNode fields = json.readTree(text);
                return new Notice(
                        Notice.Kind.valueOf(fields.path("kind").asString()),
                        UUID.fromString(fields.path("reference").asString()),
                        fields.path("version").asLong(),
                        fields.path("position").asLong(),
                        Instant.parse(fields.path("recordedAt").asString()),
                        fields.hasNonNull("case")
                                ? UUID.fromString(fields.path("case").asString())
                                : null);
            });
        }

        /** A person about whom there are cases, by the pseudonym that the access log has of their number. */
        public byte[] person(byte[] subject) {
            return pseudonym("case-person", hex(subject));
        }

        /** One case: the same agency, purpose, reference and person are the same case. */
        public byte[] ofCase(String agency, String purpose, String caseReference, byte[] person) {
            return pseudonym("case", agency, purpose, caseReference, hex(person));
        }

        /** An agency, as its own cases have it. */
        public byte[] cases(String agency) {
            return pseudonym("cases", agency);
        }

        /** A holder or a record that cases are about. */
        public byte[] stream(UUID stream) {
            return pseudonym("case-stream", stream.toString());
        }

        /** @param what the leaf of an event, or the id of a link, in hexadecimal or as text */
        public byte[] news(UUID caseId, String what, UUID reference) {
            return pseudonym("case-news", caseId.toString(), what, reference.toString());
        }

        /** What a case is for; opens beside the pseudonym of this case only. */
        public Sealed sealCase(byte[] key, FollowedCase followed) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("agency", followed.agency());
            fields.put("purpose", followed.purpose());
            fields.put("reference", followed.caseReference());
            fields.put("mandate", followed.mandate());
            fields.put("mandateVersion", followed.mandateVersion());
            return seal(json.writeValueAsBytes(fields), Hmac.lengthPrefixed("case", hex(key)));
        }

        /** Empty for what is not what was sealed. */
        public Optional<FollowedCase> openCase(byte[] key, Sealed sealed) {
            return opened(sealed, Hmac.lengthPrefixed("case", hex(key))).map(text -> {
                JsonNode fields = json.readTree(text);
                return new FollowedCase(
                        fields.path("agency").asString(),
                        fields.path("purpose").asString(),
                        fields.path("reference").asString(),
                        UUID.fromString(fields.path("mandate").asString()),
                        fields.path("mandateVersion").asLong());
            });
        }

        /** To whom the number of a case leads. */
        public Sealed sealRoot(byte[] key, UUID holder) {
            return seal(holder.toString().getBytes(StandardCharsets.UTF_8), Hmac.lengthPrefixed("case-root", hex(key)));
        }

        /** Empty for what is not what was sealed. */
        public Optional<UUID> openRoot(byte[] key, Sealed sealed) {
            return opened(sealed, Hmac.lengthPrefixed("case-root", hex(key))).map(UUID::fromString);
        }

        private Sealed seal(byte[] plain, byte[] context) {
            byte[] padded = Arrays.copyOf(plain, (plain.length / PADDING_BYTES + 1) * PADDING_BYTES);
            Arrays.fill(padded, plain.length, padded.length, (byte) ' ');
            try {
                return new Sealed(Cobblestone.seal(key(active), context, padded), active);
            } finally {
                Arrays.fill(padded, (byte) 0);
                Arrays.fill(plain, (byte) 0);
            }
        }

        private Optional<String> opened(Sealed sealed, byte[] context) {
            SecretBytes key = key(sealed.key());
            byte[] plain;
            try {
                plain = Cobblestone.open(key, context, sealed.value());
            } catch (EnvelopeException changed) {
                return Optional.empty();
            }
            try {
                return Optional.of(new String(plain, StandardCharsets.UTF_8).stripTrailing());
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        }

        private byte[] pseudonym(String... parts) {
            byte[] value = Hmac.sha256(own, Hmac.lengthPrefixed(parts));
            return ByteBuffer.allocate(1 + value.length)
                    .put((byte) oldest)
                    .put(value)
                    .array();
        }

        private SecretBytes key(int number) {
            return versions.computeIfAbsent(
                    number,
                    any -> keys.all().stream()
                            .filter(version -> number(version) == number)
                            .findFirst()
                            .map(NoticeSeal.this::fetch)
                            .orElseThrow(() ->
                                    new KeysUnavailableException("there is no version " + number + " of " + SECRET)));
        }

        @Override
        public void close() {
            Arrays.fill(own, (byte) 0);
            versions.values().forEach(SecretBytes::close);
        }
    }

    private SecretBytes fetch(SecretVersion version) {
        return keys.open(version).orElseThrow(() -> new KeysUnavailableException(version.name() + " is not there"));
    }

    private static int number(SecretVersion version) {
        return SecretVersions.number(SECRET, version.name());
    }

    private static byte[] context(String kind, byte[] one, byte[] other) {
        return Hmac.lengthPrefixed(kind, hex(one), hex(other));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
