package eu.diplomatics.registry.registration;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Ids of commands. One made from an {@code Idempotency-Key} is an HMAC: it stands in clear in the log, and a client may
 * put anything into its key.
 */
public final class CommandIds {
    public static final String HEADER = "Idempotency-Key";
    /** The name of the secret that they are made with. */
    public static final String SECRET = "command-id-key";

    private static final int MAX_LENGTH = 200;

    private final SecretVersions keys;
    private final EventReader log;
    private final Duration retention;
    private final InstantSource clock;

    /**
     * @param keys the versions of the secret
     * @param retention how long a key may be sent again after the secret that its id was made with was replaced
     */
    public CommandIds(SecretVersions keys, EventReader log, Duration retention, InstantSource clock) {
        this.keys = keys;
        this.log = log;
        this.retention = retention;
        this.clock = clock;
    }

    /** @param repeatable whether an earlier attempt may have been made under the same id */
    public record Id(UUID id, boolean repeatable) {}

    /** {@code owner}: whose idempotency keys they are. */
    public Id of(HttpServletRequest request, String owner) {
        String key = request.getHeader(HEADER);
        if (key == null) {
            return new Id(UUID.randomUUID(), false);
        }
        String[] parts = {"api", owner, checked(key)};
        List<SecretVersion> versions = versions();
        UUID id = first16(tag(versions.getFirst(), parts));
        List<UUID> before = versions.stream()
                .skip(1)
                .map(version -> first16(tag(version, parts)))
                .toList();
        // a command that was appended under an older version is that command
        return before.isEmpty()
                ? new Id(id, true)
                : new Id(log.commands(before).keySet().stream().findFirst().orElse(id), true);
    }

    /** Under which a key may have been used: the one for new things first. */
    public List<SecretVersion> versions() {
        SecretVersion active = keys.active();
        List<SecretVersion> versions = new ArrayList<>(List.of(active));
        for (SecretVersion version : keys.all()) {
            if (!version.equals(active) && !isOver(version)) {
                versions.add(version);
            }
        }
        return versions;
    }

    /** Versions under which nobody is recognised any more. */
    public List<SecretVersion> over() {
        return keys.all().stream().filter(this::isOver).toList();
    }

    private boolean isOver(SecretVersion version) {
        return keys.succeededAt(version)
                .filter(since -> clock.instant().isAfter(since.plus(retention)))
                .isPresent();
    }

    /** Always the same for the same row of the same job. */
    public static UUID ofRow(UUID job, long row) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Hmac.lengthPrefixed("batch-row"));
            return first16(digest.digest(ByteBuffer.allocate(24)
                    .putLong(job.getMostSignificantBits())
                    .putLong(job.getLeastSignificantBits())
                    .putLong(row)
                    .array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key itself, when it is one that a client may send. */
    public static String checked(String key) {
        if (key.isBlank() || key.length() > MAX_LENGTH || key.chars().anyMatch(c -> c < 0x20 || c > 0x7E)) {
            throw ProblemException.at(
                    ProblemCode.MALFORMED, "header/" + HEADER, "1 to 200 printable ASCII characters are expected.");
        }
        return key;
    }

    /** 32 bytes that are always the same for the same parts and version, and say nothing about them. */
    public byte[] tag(SecretVersion version, String... parts) {
        try (SecretBytes secret = keys.open(version)
                .orElseThrow(() -> new KeysUnavailableException(version.name() + " is no longer there"))) {
            return Hmac.sha256(secret, Hmac.lengthPrefixed(parts));
        }
    }

    private static UUID first16(byte[] digest) {
        ByteBuffer bytes = ByteBuffer.wrap(digest);
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
