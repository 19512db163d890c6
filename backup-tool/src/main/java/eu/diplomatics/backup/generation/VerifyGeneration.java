package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a generation from its first byte to its last and holds it against its signed manifest. Without keys it tells
 * whether every byte is as it was written; with them also that it opens, how many rows there are, that the log's leaves
 * make the tree whose root the manifest and the log's own checkpoint name, that the keyring has every key that is needed,
 * and, where it is told whom to believe, that log and witness signed that checkpoint.
 */
public final class VerifyGeneration {
    private static final List<String> WITH_KEYS =
            List.of("rows, positions, root and ciphertexts", "references to keys", "signatures of the checkpoint");

    private final GenerationStore store;
    private final Optional<LogTrust> trust;

    public VerifyGeneration(GenerationStore store) {
        this(store, Optional.empty());
    }

    /** @param trust by whom checkpoints have to be signed; empty not to look at that */
    public VerifyGeneration(GenerationStore store, Optional<LogTrust> trust) {
        this.store = store;
        this.trust = trust;
    }

    /** What is not as it has to be. These never change their meaning. */
    public enum Code {
        /** No manifest, or one that is not signed by a key that is believed, or not of this generation. */
        MANIFEST,
        /** A segment is not there. */
        MISSING,
        /** A segment has other bytes than were written. */
        CHANGED,
        /** Something lies there that the manifest does not name. */
        UNNAMED,
        /** A segment does not open under its key and context, or is no segment. */
        UNREADABLE,
        /** A segment has another number of rows. */
        ROWS,
        /** Positions of the log do not follow each other, or there are more or fewer events than the manifest says. */
        POSITIONS,
        /** The log's leaves make another tree than the manifest, or the log's checkpoint, says. */
        ROOT,
        /** Not each event has one ciphertext. */
        CIPHERTEXTS,
        /** The log's checkpoint is not signed by the log in its incarnation, or its row says another tree than was signed. */
        CHECKPOINT,
        /** No checkpoint is cosigned by a witness that is believed. */
        COSIGNATURE,
        /** The keyring lacks a key that something in this generation stands under, and nobody shredded it. */
        KEY_MISSING
    }

    /** @param object the name of what it is about, in its place */
    public record Finding(Code code, String object) {
        @Override
        public String toString() {
            return code + " " + object;
        }
    }

    /**
     * What was found.
     *
     * @param bytes that were read
     * @param shredded events without a key, because their stream was shredded
     * @param cosigned up to which event a witness has seen the log; 0 where none did, or nobody looked
     * @param cosignedAt when it did
     * @param notLookedAt in words, what a verification with more keys would look at too
     */
    public record Report(
            GenerationId id,
            boolean keyless,
            long segments,
            long bytes,
            long shredded,
            long cosigned,
            Optional<Instant> cosignedAt,
            List<String> notLookedAt,
            List<Finding> findings) {
        public Report {
            notLookedAt = List.copyOf(notLookedAt);
            findings = List.copyOf(findings);
        }
    }

    /** Without keys. */
    public Report verify(GenerationId id) throws IOException {
        return verify(id, Map.of());
    }

    /**
     * With keys that the custodian unwraps.
     *
     * @throws eu.diplomatics.keyring.KeysUnavailableException when it does not
     */
    public Report verify(GenerationId id, Custodian custodian) throws IOException {
        return verify(id, custodian, new KeyReferences());
    }

    /** @param references knows afterwards which keys there are, for the tails */
    public Report verify(GenerationId id, Custodian custodian, KeyReferences references) throws IOException {
        Optional<GenerationStore.Signed> manifest = store.manifest(id);
        if (manifest.isEmpty()) {
            return verify(id);
        }
        Map<Part, SecretBytes> keys = new EnumMap<>(Part.class);
        try {
            for (Part part : Part.values()) {
                String wrapped = manifest.get().manifest().keys().getOrDefault(part.partName(), "");
                keys.put(part, GenerationKeys.unwrap(custodian, id, part.partName(), wrapped));
            }
            return verify(id, keys, references);
        } finally {
            keys.values().forEach(SecretBytes::close);
        }
    }

    Report verify(GenerationId id, Map<Part, SecretBytes> keys) throws IOException {
        return verify(id, keys, new KeyReferences());
    }

    private Report verify(GenerationId id, Map<Part, SecretBytes> keys, KeyReferences references) throws IOException {
        return verify(id, keys, reading(id, keys, references));
    }

    /** What can read segments before there is a manifest. */
    GenerationReading reading(GenerationId id, Map<Part, SecretBytes> keys, KeyReferences references) {
        return new GenerationReading(store.place(), trust, id, keys, references);
    }

    /** @param reading that may have read segments already; they are not read again */
    Report verify(GenerationId id, Map<Part, SecretBytes> keys, GenerationReading reading) throws IOException {
        Optional<GenerationStore.Signed> manifest = store.manifest(id);
        if (manifest.isEmpty()) {
            return new Report(
                    id,
                    keys.isEmpty(),
                    0,
                    0,
                    0,
                    0,
                    Optional.empty(),
                    List.of("all but the manifest"),
                    List.of(new Finding(Code.MANIFEST, GenerationStore.manifestName(id))));
        }
        return reading.report(manifest.get().manifest());
    }
}
