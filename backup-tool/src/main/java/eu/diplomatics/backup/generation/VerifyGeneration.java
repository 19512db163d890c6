package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.Manifest.Segment;
import eu.diplomatics.backup.generation.Manifest.Source;
import eu.diplomatics.backup.generation.Manifest.Table;
import eu.diplomatics.backup.place.Place.PlacedObject;
import eu.diplomatics.backup.segment.SegmentContext;
import eu.diplomatics.backup.segment.SegmentReader;
import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads a generation from its first byte to its last and holds it against its signed manifest. Without keys it tells
 * whether every byte is as it was written; with them also that it opens, how many rows there are, and that the log's leaves
 * make the tree whose root the manifest and the log's own checkpoint name.
 */
public final class VerifyGeneration {
    private final GenerationStore store;

    public VerifyGeneration(GenerationStore store) {
        this.store = store;
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
        CIPHERTEXTS
    }

    /** @param object the name of what it is about, in its place */
    public record Finding(Code code, String object) {
        @Override
        public String toString() {
            return code + " " + object;
        }
    }

    /** @param bytes that were read */
    public record Report(GenerationId id, boolean keyless, long segments, long bytes, List<Finding> findings) {
        public Report {
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
            return verify(id, keys);
        } finally {
            keys.values().forEach(SecretBytes::close);
        }
    }

    Report verify(GenerationId id, Map<Part, SecretBytes> keys) throws IOException {
        Optional<GenerationStore.Signed> manifest = store.manifest(id);
        if (manifest.isEmpty()) {
            return new Report(
                    id, keys.isEmpty(), 0, 0, List.of(new Finding(Code.MANIFEST, GenerationStore.manifestName(id))));
        }
        return new Reading(id, manifest.get().manifest(), keys).report();
    }

    private final class Reading {
        private final GenerationId id;
        private final Manifest manifest;
        private final Map<Part, SecretBytes> keys;
        private final List<Finding> findings = new ArrayList<>();
        private long segments;
        private long bytes;

        Reading(GenerationId id, Manifest manifest, Map<Part, SecretBytes> keys) {
            this.id = id;
            this.manifest = manifest;
            this.keys = keys;
        }

        Report report() throws IOException {
            Map<String, Long> named = new HashMap<>();
            for (Source source : manifest.sources()) {
                for (Table table : source.tables()) {
                    for (Segment segment : table.segments()) {
                        named.put(GenerationStore.segmentName(id, source.part(), segment.sha256()), segment.bytes());
                    }
                }
            }
            named.put(GenerationStore.manifestName(id), 0L);
            for (PlacedObject object : store.place().list(GenerationStore.path(id) + "/")) {
                if (!named.containsKey(object.name())) {
                    findings.add(new Finding(Code.UNNAMED, object.name()));
                }
            }
            CheckpointRows checkpoint = new CheckpointRows();
            for (Source source : manifest.sources()) {
                for (Table table : source.tables()) {
                    if (!table.name().equals(LogRows.TABLE)) {
                        read(source, table, checkpoint.of(table));
                    }
                }
            }
            for (Source source : manifest.sources()) {
                for (Table table : source.tables()) {
                    if (table.name().equals(LogRows.TABLE)) {
                        log(source, table, checkpoint);
                    }
                }
            }
            return new Report(id, keys.isEmpty(), segments, bytes, findings);
        }

        private void log(Source source, Table table, CheckpointRows checkpoint) throws IOException {
            LogRows rows = new LogRows(table.columns(), checkpoint.size());
            if (!read(source, table, rows) || keys.isEmpty()) {
                return;
            }
            String object = GenerationStore.manifestName(id);
            if (rows.hasGap() || rows.state().position() != manifest.log().position()) {
                findings.add(new Finding(Code.POSITIONS, object));
            } else if (!rows.state().equals(manifest.log())
                    || !checkpoint.agrees(rows.headThere().root().bytes())) {
                findings.add(new Finding(Code.ROOT, object));
            }
            long ciphertexts = manifest.keyVersions().values().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
            if (ciphertexts != manifest.log().position()) {
                findings.add(new Finding(Code.CIPHERTEXTS, object));
            }
        }

        /** Whether all of it was as it has to be. */
        private boolean read(Source source, Table table, Consumer<ByteBuffer> rows) throws IOException {
            boolean good = true;
            for (int ordinal = 0; ordinal < table.segments().size(); ordinal++) {
                good &= read(source, table, ordinal, rows);
            }
            return good;
        }

        private boolean read(Source source, Table table, int ordinal, Consumer<ByteBuffer> rows) throws IOException {
            Segment segment = table.segments().get(ordinal);
            String object = GenerationStore.segmentName(id, source.part(), segment.sha256());
            SegmentContext context =
                    new SegmentContext(id.toString(), source.part(), source.database() + "." + table.name(), ordinal);
            MessageDigest digest = sha256();
            Optional<Code> code = Optional.empty();
            long read;
            try (InputStream stored = store.place().open(object);
                    CountingInput counted = new CountingInput(stored);
                    DigestInputStream in = new DigestInputStream(counted, digest)) {
                Optional<SecretBytes> key = key(source.part());
                if (key.isPresent()) {
                    code = rows(key.get(), context, in, segment, rows);
                }
                in.transferTo(OutputStream.nullOutputStream());
                read = counted.count();
            } catch (NoSuchFileException e) {
                findings.add(new Finding(Code.MISSING, object));
                return false;
            }
            segments++;
            bytes += read;
            if (read != segment.bytes()
                    || !HexFormat.of().formatHex(digest.digest()).equals(segment.sha256())) {
                code = Optional.of(Code.CHANGED);
            }
            code.ifPresent(found -> findings.add(new Finding(found, object)));
            return code.isEmpty();
        }

        private Optional<SecretBytes> key(String part) {
            return keys.entrySet().stream()
                    .filter(entry -> entry.getKey().partName().equals(part))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        private Optional<Code> rows(
                SecretBytes key, SegmentContext context, InputStream in, Segment segment, Consumer<ByteBuffer> rows) {
            // not closed: what is below it is read to its end
            try {
                SegmentReader reader = new SegmentReader(key, context, in);
                for (ByteBuffer row = reader.next(); row.hasRemaining(); row = reader.next()) {
                    rows.accept(row);
                }
                return reader.rows() == segment.rows() ? Optional.empty() : Optional.of(Code.ROWS);
            } catch (IOException | EnvelopeException | IllegalArgumentException e) {
                return Optional.of(Code.UNREADABLE);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
