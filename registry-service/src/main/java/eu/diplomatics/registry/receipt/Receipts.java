package eu.diplomatics.registry.receipt;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.receipt.Jwks;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.receipt.ReceiptSigner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Signs receipts under the keys that the keyring holds. Signing the same place again gives the same receipt, also after
 * the key was rotated: Ed25519 is deterministic, and the time of the place says which key it is. All throw
 * {@link KeysUnavailableException}.
 */
public final class Receipts {
    private static final String KEY = "receipt-key";
    /** From so many on, all cores sign: a signature costs more than all else about a row. */
    private static final int MANY = 32;
    /** How often the versions are looked for; much less than {@link #LEAD}. */
    private static final Duration LOOK = Duration.ofSeconds(10);
    /** A new version signs what is recorded from then on: every instance knows it by then. */
    private static final Duration LEAD = Duration.ofMinutes(2);

    private final Keyring keyring;
    private volatile @Nullable Known known;

    public Receipts(Keyring keyring) {
        this.keyring = keyring;
    }

    private record Known(List<SecretVersion> versions, long readAt) {}

    public Receipt of(EventPlace place) {
        return of(List.of(place)).getFirst();
    }

    /** The receipts of several places, in their order, with one use of each key. */
    public List<Receipt> of(List<EventPlace> places) {
        List<SecretVersion> versions = versions();
        Map<String, SecretBytes> seeds = new HashMap<>();
        Map<String, ReceiptSigner> signers = new HashMap<>();
        try {
            for (EventPlace place : places) {
                String name = nameAt(versions, place.recordedAt());
                if (!signers.containsKey(name)) {
                    SecretBytes seed = keyring.secret(name);
                    seeds.put(name, seed);
                    signers.put(name, new ReceiptSigner(seed));
                }
            }
            Stream<EventPlace> signed = places.size() < MANY ? places.stream() : places.parallelStream();
            return signed.map(place -> Objects.requireNonNull(signers.get(nameAt(versions, place.recordedAt())))
                            .sign(place.stream(), place.version(), place.position(), place.recordedAt(), place.leaf()))
                    .toList();
        } finally {
            seeds.values().forEach(SecretBytes::close);
        }
    }

    /** A document with {@code keyId} and {@code signature}, verified as a receipt is. */
    public Map<String, Object> signed(Map<String, Object> document) {
        try (SecretBytes seed = keyring.secret(versions().getLast().name())) {
            return new ReceiptSigner(seed).sign(document);
        }
    }

    /** The keys of all versions, the newest first. */
    public Jwks keys() {
        List<Jwks.Jwk> keys = new ArrayList<>();
        for (SecretVersion version : versions().reversed()) {
            try (SecretBytes seed = keyring.secret(version.name())) {
                keys.addAll(new ReceiptSigner(seed).jwks().keys());
            }
        }
        return new Jwks(keys);
    }

    private static String nameAt(List<SecretVersion> versions, Instant recordedAt) {
        for (SecretVersion version : versions.subList(1, versions.size()).reversed()) {
            if (!recordedAt.isBefore(version.madeAt().plus(LEAD))) {
                return version.name();
            }
        }
        return versions.getFirst().name();
    }

    /** Those known before when the keyring does not answer just now. */
    private List<SecretVersion> versions() {
        Known before = known;
        long now = System.nanoTime();
        if (before != null && now - before.readAt < LOOK.toNanos()) {
            return before.versions;
        }
        try {
            // makes the first one
            keyring.secret(KEY).close();
            List<SecretVersion> versions = keyring.secretVersions(KEY);
            known = new Known(versions, now);
            return versions;
        } catch (KeysUnavailableException e) {
            if (before == null) {
                throw e;
            }
            return before.versions;
        }
    }
}
