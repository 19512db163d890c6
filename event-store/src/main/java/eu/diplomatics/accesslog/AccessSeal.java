package eu.diplomatics.accesslog;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.SecretVersions;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Seals the details of an access so that they open only in their own row, and makes the pseudonym of a person who was
 * reached by reference.
 */
public final class AccessSeal {
    private static final String SECRET = "access-log-seal";
    /** What a row holds shows in no length: details are padded to a multiple of this. */
    private static final int PADDING_BYTES = 512;

    private final SecretVersions keys;
    private final JsonMapper json = JsonMapper.shared();

    public AccessSeal(Keyring keyring) {
        this(keyring, InstantSource.system());
    }

    /** @param clock says when a new version of the key comes into use */
    public AccessSeal(Keyring keyring, InstantSource clock) {
        this.keys = new SecretVersions(keyring, SECRET, clock);
    }

    /** @param key number of the version that the details of these rows were sealed with */
    public record Sealed(int key, Map<UUID, byte[]> details) {}

    /** Sealed details by row; all under one fetch of the key. */
    public Sealed seal(List<Access> accesses) {
        SecretVersion version = keys.active();
        Map<UUID, byte[]> sealed = new LinkedHashMap<>();
        try (SecretBytes key = open(version)) {
            for (Access access : accesses) {
                byte[] details = details(access);
                sealed.put(access.id(), Cobblestone.seal(key, context(access.id(), access.subject()), details));
                Arrays.fill(details, (byte) 0);
            }
        }
        return new Sealed(number(version), sealed);
    }

    /**
     * The details of a row, as JSON.
     *
     * @param sealKey the version that the row names
     * @throws EnvelopeException when row, subject or version are not those it was sealed with
     */
    public String open(UUID id, int sealKey, byte @Nullable [] subject, byte[] sealed) {
        SecretVersion version = keys.all().stream()
                .filter(each -> number(each) == sealKey)
                .findFirst()
                .orElseThrow(() -> new KeysUnavailableException("there is no version " + sealKey + " of " + SECRET));
        try (SecretBytes key = open(version)) {
            byte[] details = Cobblestone.open(key, context(id, subject), sealed);
            return new String(details, StandardCharsets.UTF_8).strip();
        }
    }

    /** A row as it is stored. */
    public record Row(UUID id, byte @Nullable [] subject, int sealKey, byte[] sealed) {
        @Override
        public String toString() {
            return "Row[" + id + ", redacted]";
        }
    }

    /**
     * What stands in these rows, in the same order; empty for one that is not what was sealed. Each version of the key is
     * fetched once.
     *
     * @throws KeysUnavailableException also when a row names a version that is not there
     */
    public List<Optional<Access>> open(List<Row> rows) {
        Map<Integer, SecretBytes> opened = new HashMap<>();
        try {
            for (SecretVersion version : keys.all()) {
                if (rows.stream().anyMatch(row -> row.sealKey() == number(version))) {
                    opened.put(number(version), open(version));
                }
            }
            return rows.stream()
                    .map(row -> open(row, opened.get(row.sealKey())))
                    .toList();
        } finally {
            opened.values().forEach(SecretBytes::close);
        }
    }

    private Optional<Access> open(Row row, @Nullable SecretBytes key) {
        if (key == null) {
            throw new KeysUnavailableException("there is no version " + row.sealKey() + " of " + SECRET);
        }
        byte[] details;
        try {
            details = Cobblestone.open(key, context(row.id(), row.subject()), row.sealed());
        } catch (EnvelopeException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(access(row, json.readTree(details)));
        } finally {
            Arrays.fill(details, (byte) 0);
        }
    }

    private static Access access(Row row, JsonNode details) {
        return new Access(
                row.id(),
                row.subject(),
                details.path("caller").asString(),
                text(details, "purpose"),
                text(details, "case"),
                text(details, "endUser"),
                details.hasNonNull("mandateVersion")
                        ? details.path("mandateVersion").asLong()
                        : null,
                details.path("operation").asString(),
                text(details, "question"),
                details.path("outcome").asString(),
                text(details, "asOf"),
                details.path("disclosed")
                        .valueStream()
                        .map(each -> new Access.Disclosed(
                                UUID.fromString(each.path("reference").asString()),
                                each.path("version").asLong()))
                        .toList(),
                details.path("traceId").asString(),
                xRoad(details.path("xRoad")));
    }

    private static @Nullable XRoad xRoad(JsonNode said) {
        return said.isObject()
                ? new XRoad(
                        said.path("id").asString(),
                        text(said, "requestId"),
                        said.path("client").asString(),
                        text(said, "userId"),
                        text(said, "issue"),
                        text(said, "representedParty"))
                : null;
    }

    private static @Nullable String text(JsonNode details, String name) {
        return details.hasNonNull(name) ? details.path(name).asString() : null;
    }

    /**
     * The pseudonym of a holder reached by reference. It needs no custodian, so that reading by reference goes on while
     * the lease lasts; a search about a person asks for {@link #subjectsOf} and for the pseudonym of the national number.
     */
    public byte[] subjectOf(UUID holder) {
        return subjectOf(keys.active(), holder);
    }

    /** As {@link #subjectOf(UUID)}, for many under one fetch of the key. */
    public Map<UUID, byte[]> subjectOf(Collection<UUID> holders) {
        SecretVersion version = keys.active();
        Map<UUID, byte[]> subjects = HashMap.newHashMap(holders.size());
        try (SecretBytes key = open(version)) {
            byte[] own = Hmac.sha256(key, Hmac.lengthPrefixed("access-log-subject"));
            try {
                for (UUID holder : holders) {
                    byte[] pseudonym = Hmac.sha256(own, Hmac.lengthPrefixed("holder", holder.toString()));
                    subjects.put(holder, Subjects.ofHolder(number(version), pseudonym));
                }
            } finally {
                Arrays.fill(own, (byte) 0);
            }
        }
        return subjects;
    }

    /** The pseudonyms that rows about a holder reached by reference may have, by all versions of the key. */
    public List<byte[]> subjectsOf(UUID holder) {
        return keys.all().stream().map(version -> subjectOf(version, holder)).toList();
    }

    private byte[] subjectOf(SecretVersion version, UUID holder) {
        return Subjects.ofHolder(number(version), pseudonym(version, "holder", holder));
    }

    /** The pseudonym of a reference that leads to nobody, or was not followed. */
    public byte[] subjectOfReference(UUID reference) {
        SecretVersion version = keys.active();
        return Subjects.ofReference(number(version), pseudonym(version, "reference", reference));
    }

    private byte[] pseudonym(SecretVersion version, String kind, UUID id) {
        try (SecretBytes key = open(version)) {
            byte[] own = Hmac.sha256(key, Hmac.lengthPrefixed("access-log-subject"));
            try {
                return Hmac.sha256(own, Hmac.lengthPrefixed(kind, id.toString()));
            } finally {
                Arrays.fill(own, (byte) 0);
            }
        }
    }

    private SecretBytes open(SecretVersion version) {
        return keys.open(version).orElseThrow(() -> new KeysUnavailableException(version.name() + " is not there"));
    }

    private static int number(SecretVersion version) {
        return SecretVersions.number(SECRET, version.name());
    }

    private byte[] details(Access access) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("caller", access.caller());
        fields.put("purpose", access.purpose());
        fields.put("case", access.caseReference());
        fields.put("endUser", access.endUser());
        if (access.mandateVersion() != null) {
            fields.put("mandateVersion", access.mandateVersion());
        }
        fields.put("operation", access.operation());
        if (access.question() != null) {
            fields.put("question", access.question());
        }
        fields.put("outcome", access.outcome());
        fields.put("asOf", access.asOf());
        fields.put("disclosed", access.disclosed());
        fields.put("traceId", access.traceId());
        if (access.xRoad() != null) {
            fields.put("xRoad", access.xRoad());
        }
        byte[] bytes = json.writeValueAsBytes(fields);
        byte[] padded = Arrays.copyOf(bytes, (bytes.length / PADDING_BYTES + 1) * PADDING_BYTES);
        Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
        Arrays.fill(bytes, (byte) 0);
        return padded;
    }

    private static byte[] context(UUID id, byte @Nullable [] subject) {
        String bound = subject == null ? "" : HexFormat.of().formatHex(subject);
        return Hmac.lengthPrefixed("access-log", id.toString(), bound);
    }
}
