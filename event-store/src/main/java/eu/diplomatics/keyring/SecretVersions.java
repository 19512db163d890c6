package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The versions of a named secret, as an instance knows them. A new one is used for new things only when every instance
 * knows it; which one made a thing has to stand with the thing, or all are tried. Thread-safe; throws
 * {@link KeysUnavailableException} when the keyring does not answer and never has.
 */
public final class SecretVersions {
    /** From when it was made until it is used for new things; much more than the time between two looks. */
    public static final Duration LEAD = Duration.ofMinutes(2);

    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Keyring keyring;
    private final String name;
    private final InstantSource clock;
    private volatile @Nullable Known known;

    /** @param name of the first version; the others have a number behind it */
    public SecretVersions(Keyring keyring, String name, InstantSource clock) {
        this.keyring = keyring;
        this.name = name;
        this.clock = clock;
    }

    private record Known(List<SecretVersion> versions, Instant readAt) {}

    /** The oldest first; the first one is made where there is none. */
    public List<SecretVersion> all() {
        Known before = known;
        Instant now = clock.instant();
        if (before != null && Duration.between(before.readAt, now).abs().compareTo(LOOK) < 0) {
            return before.versions;
        }
        try {
            List<SecretVersion> versions = keyring.secretVersions(name);
            if (versions.isEmpty()) {
                keyring.secret(name).close();
                versions = keyring.secretVersions(name);
            }
            known = new Known(List.copyOf(versions), now);
            return versions;
        } catch (KeysUnavailableException e) {
            if (before == null) {
                throw e;
            }
            return before.versions;
        }
    }

    /** The one for new things. */
    public SecretVersion active() {
        return active(all(), clock.instant());
    }

    static SecretVersion active(List<SecretVersion> versions, Instant now) {
        return versions.reversed().stream()
                .filter(version -> !now.isBefore(version.madeAt().plus(LEAD)))
                .findFirst()
                .orElse(versions.getFirst());
    }

    /**
     * The secret of this version, which the caller closes; none when it was retired since. An instance that has it at hand
     * has it until the next rewrite of the keyring.
     */
    public Optional<SecretBytes> open(SecretVersion version) {
        return keyring.existingSecret(version.name());
    }

    /** Since when another is used in its place; none for the newest. */
    public Optional<Instant> succeededAt(SecretVersion version) {
        List<SecretVersion> versions = all();
        int next = versions.indexOf(version) + 1;
        return next == 0 || next == versions.size()
                ? Optional.empty()
                : Optional.of(versions.get(next).madeAt().plus(LEAD));
    }

    /** What comes after the newest version of a secret. */
    public static String next(String name, List<SecretVersion> versions) {
        int newest = versions.isEmpty() ? 0 : number(name, versions.getLast().name());
        return newest == 0 ? name : name + "-" + (newest + 1);
    }

    /** 1 for the name itself, n for the name with {@code -n}. */
    public static int number(String name, String version) {
        return version.equals(name) ? 1 : Integer.parseInt(version.substring(name.length() + 1));
    }

    /** The version with this number. */
    public static String named(String name, int number) {
        return number == 1 ? name : name + "-" + number;
    }
}
