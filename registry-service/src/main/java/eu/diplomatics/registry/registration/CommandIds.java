package eu.diplomatics.registry.registration;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Ids of commands. One made from an {@code Idempotency-Key} is an HMAC: it stands in clear in the log, and a client may
 * put anything into its key.
 */
public final class CommandIds {
    public static final String HEADER = "Idempotency-Key";
    private static final String SECRET = "command-id-key";
    private static final int MAX_LENGTH = 200;

    private final Keyring keyring;

    public CommandIds(Keyring keyring) {
        this.keyring = keyring;
    }

    /** @param repeatable whether an earlier attempt may have been made under the same id */
    public record Id(UUID id, boolean repeatable) {}

    /** {@code owner}: whose idempotency keys they are. */
    public Id of(HttpServletRequest request, String owner) {
        String key = request.getHeader(HEADER);
        if (key == null) {
            return new Id(UUID.randomUUID(), false);
        }
        return new Id(named("api", owner, checked(key)), true);
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

    /** 32 bytes that are always the same for the same parts, and say nothing about them. */
    public byte[] tag(String... parts) {
        try (SecretBytes secret = keyring.secret(SECRET)) {
            return Hmac.sha256(secret, Hmac.lengthPrefixed(parts));
        }
    }

    private UUID named(String... parts) {
        try (SecretBytes secret = keyring.secret(SECRET)) {
            return first16(Hmac.sha256(secret, Hmac.lengthPrefixed(parts)));
        }
    }

    private static UUID first16(byte[] digest) {
        ByteBuffer bytes = ByteBuffer.wrap(digest);
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
