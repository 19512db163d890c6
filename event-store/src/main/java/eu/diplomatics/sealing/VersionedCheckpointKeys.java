package eu.diplomatics.sealing;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.VerifierKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a log's checkpoints, all under the log's name. After a rotation checkpoints carry the signatures of the new
 * key and, during a changeover, of the one before: who verifies with that goes on, and has so long to learn the new one.
 * What was signed stays signed: every version verifies for ever what it signed.
 */
public final class VersionedCheckpointKeys implements CheckpointKeys {
    private final SecretVersions versions;
    private final String origin;
    private final Duration changeover;
    private final InstantSource clock;
    private final Map<String, VerifierKey> known = new ConcurrentHashMap<>();

    /** @param changeover how long a key signs on beside the one that followed it */
    public VersionedCheckpointKeys(SecretVersions versions, String origin, Duration changeover, InstantSource clock) {
        this.versions = versions;
        this.origin = origin;
        this.changeover = changeover;
        this.clock = clock;
    }

    /**
     * A key and its time.
     *
     * @param signsFrom checkpoints from then on
     * @param signsUntil those before then; absent while no other follows
     */
    public record Validity(
            String key, Instant signsFrom, @Nullable Instant signsUntil) {}

    /** Of the log's first incarnation. */
    public String origin() {
        return origin;
    }

    @Override
    public Signing open(String name) {
        Instant now = clock.instant();
        SecretVersion active = versions.active();
        List<SecretVersion> signing = new ArrayList<>(List.of(active));
        for (SecretVersion version : versions.all().reversed()) {
            boolean signsOn = until(version).filter(now::isBefore).isPresent();
            // one that is not yet in force has nobody after it
            if (!version.equals(active) && signsOn) {
                signing.add(version);
            }
        }
        List<SecretBytes> seeds = new ArrayList<>();
        try {
            signing.forEach(version -> seeds.add(seed(version)));
            return new Signing(name, seeds, verifierKeys(name));
        } catch (RuntimeException e) {
            seeds.forEach(SecretBytes::close);
            throw e;
        }
    }

    /** With what checkpoints of the first incarnation are verified: the keys of all versions, the newest first. */
    public List<VerifierKey> verifierKeys() {
        return verifierKeys(origin);
    }

    /** As the other, of the incarnation of this name. */
    public List<VerifierKey> verifierKeys(String name) {
        return versions.all().reversed().stream()
                .map(version -> verifierKey(version, name))
                .toList();
    }

    /** As {@link #verifierKeys}, with the time in which each signs. */
    public List<Validity> validities(String name) {
        List<SecretVersion> all = versions.all();
        return all.reversed().stream()
                .map(version -> new Validity(
                        verifierKey(version, name).text(),
                        version.equals(all.getFirst())
                                ? version.madeAt()
                                : version.madeAt().plus(SecretVersions.LEAD),
                        until(version).orElse(null)))
                .toList();
    }

    private Optional<Instant> until(SecretVersion version) {
        return versions.succeededAt(version).map(since -> since.plus(changeover));
    }

    /** The one that signs now. */
    public VerifierKey active() {
        return verifierKey(versions.active(), origin);
    }

    /** Kept, so that what was signed is verified also when the keyring does not answer. */
    private VerifierKey verifierKey(SecretVersion version, String name) {
        return known.computeIfAbsent(version.name() + " " + name, any -> {
            try (SecretBytes seed = seed(version)) {
                return NoteSigner.log(name, seed).verifierKey();
            }
        });
    }

    private SecretBytes seed(SecretVersion version) {
        return versions.open(version)
                .orElseThrow(() -> new KeysUnavailableException(version.name() + " is no longer there"));
    }
}
