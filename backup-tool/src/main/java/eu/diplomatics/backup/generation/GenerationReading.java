package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.Manifest.Bundled;
import eu.diplomatics.backup.generation.Manifest.Segment;
import eu.diplomatics.backup.generation.Manifest.Source;
import eu.diplomatics.backup.generation.Manifest.Table;
import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import eu.diplomatics.backup.generation.VerifyGeneration.Finding;
import eu.diplomatics.backup.generation.VerifyGeneration.Report;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.place.Place.PlacedObject;
import eu.diplomatics.backup.segment.SegmentContext;
import eu.diplomatics.backup.segment.SegmentReader;
import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What is found while a generation is read from its place. Segments can be read as they are put, in their order; what tells
 * what to look for in others, and the headers of the log, is read when the manifest is there.
 */
final class GenerationReading {
    private static final List<String> WITH_KEYS =
            List.of("rows, positions, root and ciphertexts", "references to keys", "signatures of the checkpoint");

    private final Place place;
    private final Optional<LogTrust> trust;
    private final GenerationId id;
    private final Map<Part, SecretBytes> keys;
    private final List<Finding> findings = new ArrayList<>();
    private final CheckpointRows checkpoints = new CheckpointRows();
    private final KeyReferences references;
    private final List<String> notLookedAt = new ArrayList<>();
    private CheckpointRows.Signed signed = new CheckpointRows.Signed(Optional.empty(), 0, Optional.empty());
    /** Whether all rows could be read: of what could not, nobody knows whether it is missing. */
    private boolean whole = true;

    private final Set<Seen> seen = new HashSet<>();
    private long segments;
    private long bytes;

    /**
     * @param keys by part; none where only bytes are looked at. They stay the caller's.
     * @param references knows afterwards which keys there are
     */
    GenerationReading(
            Place place,
            Optional<LogTrust> trust,
            GenerationId id,
            Map<Part, SecretBytes> keys,
            KeyReferences references) {
        this.place = place;
        this.trust = trust;
        this.id = id;
        this.keys = keys;
        this.references = references;
    }

    /** @param table with its database */
    private record Seen(String object, String table, int ordinal) {}

    /**
     * A segment that was put just now.
     *
     * @param table with its columns; which segments and rows it has does not matter yet
     */
    void put(String database, String part, Table table, int ordinal, Segment segment) throws IOException {
        if (!isLater(table) && read(database, part, table, ordinal, segment, rows(table))) {
            seen.add(seen(database, part, table, ordinal, segment));
        }
    }

    private Seen seen(String database, String part, Table table, int ordinal, Segment segment) {
        return new Seen(
                GenerationStore.segmentName(id, part, segment.sha256()), database + "." + table.name(), ordinal);
    }

    /** Whether its rows mean something only behind those of others. */
    private static boolean isLater(Table table) {
        return CheckpointRows.isOne(table) || table.name().equals(LogRows.TABLE);
    }

    private Consumer<ByteBuffer> rows(Table table) {
        return checkpoints.of(table).andThen(references.of(table));
    }

    Report report(Manifest manifest) throws IOException {
        Map<String, Long> named = new HashMap<>();
        for (Source source : manifest.sources()) {
            for (Table table : source.tables()) {
                for (Segment segment : table.segments()) {
                    named.put(GenerationStore.segmentName(id, source.part(), segment.sha256()), segment.bytes());
                }
            }
        }
        named.put(GenerationStore.manifestName(id), 0L);
        for (Bundled file : manifest.bundled()) {
            if (named.put(GenerationStore.environmentName(id, file.sha256()), file.bytes()) == null) {
                bundled(file);
            }
        }
        Map<String, Long> there = new HashMap<>();
        for (PlacedObject object : place.list(GenerationStore.path(id) + "/")) {
            there.put(object.name(), object.bytes());
            if (!named.containsKey(object.name()) && !object.name().startsWith(GenerationStore.tailPath(id))) {
                findings.add(new Finding(Code.UNNAMED, object.name()));
            }
        }
        // what was read as it was put has to be there still
        for (Seen each : seen) {
            String object = each.object();
            if (!Objects.equals(there.get(object), named.get(object))) {
                findings.add(new Finding(there.containsKey(object) ? Code.CHANGED : Code.MISSING, object));
            }
        }
        tables(manifest, CheckpointRows::isFirst);
        tables(
                manifest,
                table -> !CheckpointRows.isFirst(table) && !table.name().equals(LogRows.TABLE));
        for (Source source : manifest.sources()) {
            for (Table table : source.tables()) {
                if (table.name().equals(LogRows.TABLE)) {
                    log(manifest, source, table);
                }
            }
        }
        if (keys.isEmpty()) {
            notLookedAt.addAll(WITH_KEYS);
        }
        return new Report(
                id,
                keys.isEmpty(),
                segments,
                bytes,
                references.shredded(),
                signed.cosigned(),
                signed.cosignedAt(),
                notLookedAt,
                findings);
    }

    private void tables(Manifest manifest, Predicate<Table> which) throws IOException {
        for (Source source : manifest.sources()) {
            for (Table table : source.tables()) {
                if (which.test(table)) {
                    read(source, table, rows(table));
                }
            }
        }
    }

    private void bundled(Bundled file) throws IOException {
        String object = GenerationStore.environmentName(id, file.sha256());
        MessageDigest digest = sha256();
        try (DigestInputStream in = new DigestInputStream(place.open(object), digest)) {
            long read = in.transferTo(OutputStream.nullOutputStream());
            bytes += read;
            if (read != file.bytes()
                    || !HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
                findings.add(new Finding(Code.CHANGED, object));
            }
        } catch (NoSuchFileException e) {
            findings.add(new Finding(Code.MISSING, object));
        }
    }

    private void log(Manifest manifest, Source source, Table table) throws IOException {
        LogRows rows = new LogRows(table.columns(), checkpoints.sizes());
        if (!read(source, table, rows.andThen(references.of(table))) || keys.isEmpty()) {
            return;
        }
        String object = GenerationStore.manifestName(id);
        if (rows.hasGap() || rows.state().position() != manifest.log().position()) {
            findings.add(new Finding(Code.POSITIONS, object));
        } else if (!rows.state().equals(manifest.log()) || !checkpoints.agrees(rows.heads())) {
            findings.add(new Finding(Code.ROOT, object));
        }
        long ciphertexts = manifest.keyVersions().values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        if (ciphertexts != manifest.log().position() || references.hasGap()) {
            findings.add(new Finding(Code.CIPHERTEXTS, object));
        }
        if (whole) {
            references.missing().forEach(missing -> findings.add(new Finding(Code.KEY_MISSING, missing)));
        }
        signatures(object);
    }

    private void signatures(String object) {
        if (checkpoints.sizes().isEmpty()) {
            notLookedAt.add("signatures of the checkpoint: the log has none yet in its incarnation");
        } else if (trust.isEmpty()) {
            notLookedAt.add("signatures of the checkpoint: the configuration names no keys of the log");
        } else {
            signed = checkpoints.signed(trust.get());
            signed.code().ifPresent(code -> findings.add(new Finding(code, object)));
            if (trust.get().witnesses().isEmpty()) {
                notLookedAt.add("the witness's signature: the configuration names no witness");
            }
        }
    }

    /** Whether all of it was as it has to be. */
    private boolean read(Source source, Table table, Consumer<ByteBuffer> rows) throws IOException {
        boolean good = true;
        for (int ordinal = 0; ordinal < table.segments().size(); ordinal++) {
            Segment segment = table.segments().get(ordinal);
            good &= seen.contains(seen(source.database(), source.part(), table, ordinal, segment))
                    || read(source.database(), source.part(), table, ordinal, segment, rows);
        }
        whole &= good;
        return good;
    }

    private boolean read(
            String database, String part, Table table, int ordinal, Segment segment, Consumer<ByteBuffer> rows)
            throws IOException {
        String object = GenerationStore.segmentName(id, part, segment.sha256());
        SegmentContext context = new SegmentContext(id.toString(), part, database + "." + table.name(), ordinal);
        MessageDigest digest = sha256();
        Optional<Code> code = Optional.empty();
        long read;
        try (InputStream stored = place.open(object);
                HashedAhead in = new HashedAhead(stored, digest)) {
            Optional<SecretBytes> key = key(part);
            if (key.isPresent()) {
                code = rows(key.get(), context, in, segment, rows);
            }
            in.transferTo(OutputStream.nullOutputStream());
            read = in.count();
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
        try (SegmentReader reader = new SegmentReader(key, context, in)) {
            for (ByteBuffer row = reader.next(); row.hasRemaining(); row = reader.next()) {
                rows.accept(row);
            }
            return reader.rows() == segment.rows() ? Optional.empty() : Optional.of(Code.ROWS);
        } catch (IOException | EnvelopeException | IllegalArgumentException e) {
            return Optional.of(Code.UNREADABLE);
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
