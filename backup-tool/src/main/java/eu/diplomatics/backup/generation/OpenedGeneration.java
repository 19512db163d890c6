package eu.diplomatics.backup.generation;

import com.github.luben.zstd.ZstdIOException;
import eu.diplomatics.backup.generation.Manifest.Segment;
import eu.diplomatics.backup.generation.Manifest.Source;
import eu.diplomatics.backup.generation.Manifest.Table;
import eu.diplomatics.backup.segment.SegmentContext;
import eu.diplomatics.backup.segment.SegmentReader;
import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A generation that the signed index names, with the keys of its parts. What is read of it is held against its manifest,
 * and that against the index: one that was put in the place of another is not opened.
 */
public final class OpenedGeneration implements AutoCloseable {
    private final GenerationStore store;
    private final GenerationId id;
    private final GenerationStore.Signed signed;
    private final Map<String, SecretBytes> keys;

    private OpenedGeneration(
            GenerationStore store, GenerationId id, GenerationStore.Signed signed, Map<String, SecretBytes> keys) {
        this.store = store;
        this.id = id;
        this.signed = signed;
        this.keys = keys;
    }

    /**
     * Asks the custodian for its keys.
     *
     * @throws UntrustedException when the index does not name it, or its manifest is not the one that is named
     * @throws eu.diplomatics.keyring.KeysUnavailableException when the custodian does not unwrap them
     */
    public static OpenedGeneration open(GenerationStore store, GenerationId id, Custodian custodian)
            throws IOException {
        GenerationStore.Signed signed = store.named(id);
        Map<String, SecretBytes> keys = new HashMap<>();
        try {
            for (Part part : Part.values()) {
                String wrapped = signed.manifest().keys().getOrDefault(part.partName(), "");
                keys.put(part.partName(), GenerationKeys.unwrap(custodian, id, part.partName(), wrapped));
            }
        } catch (RuntimeException e) {
            keys.values().forEach(SecretBytes::close);
            throw e;
        }
        return new OpenedGeneration(store, id, signed, keys);
    }

    public GenerationId id() {
        return id;
    }

    public Manifest manifest() {
        return signed.manifest();
    }

    /** Of a part; it is closed with this. */
    public SecretBytes key(String part) throws UntrustedException {
        SecretBytes key = keys.get(part);
        if (key == null) {
            throw new UntrustedException("a manifest with another part: " + part);
        }
        return key;
    }

    /** By which the index names it. */
    public String manifestHash() {
        return signed.text().hash();
    }

    /** Takes a row as the COPY format has it, valid until it returns. */
    @FunctionalInterface
    public interface Rows {
        void row(ByteBuffer row) throws SQLException;
    }

    /**
     * All rows of a segment. Only when this returns were they all those that were written: what was done with them before
     * is to be undone when it throws.
     *
     * @throws BackupException {@code DAMAGED} when it is missing, or not what was written
     */
    public void read(Source source, Table table, int ordinal, Rows rows) throws IOException, SQLException {
        Segment segment = table.segments().get(ordinal);
        String object = GenerationStore.segmentName(id, source.part(), segment.sha256());
        SecretBytes key = keys.get(source.part());
        if (key == null) {
            throw new UntrustedException("a manifest with another part: " + source.part());
        }
        SegmentContext context =
                new SegmentContext(id.toString(), source.part(), source.database() + "." + table.name(), ordinal);
        MessageDigest digest = sha256();
        try (InputStream stored = store.place().open(object);
                CountingInput counted = new CountingInput(stored);
                DigestInputStream in = new DigestInputStream(counted, digest)) {
            // not closed: what is below it is read to its end
            SegmentReader reader = new SegmentReader(key, context, in);
            for (ByteBuffer row = reader.next(); row.hasRemaining(); row = reader.next()) {
                rows.row(row);
            }
            in.transferTo(OutputStream.nullOutputStream());
            if (reader.rows() != segment.rows()
                    || counted.count() != segment.bytes()
                    || !HexFormat.of().formatHex(digest.digest()).equals(segment.sha256())) {
                throw damaged("not what was written: " + object, null);
            }
        } catch (NoSuchFileException e) {
            throw damaged("missing: " + object, e);
        } catch (EnvelopeException | EOFException | ZstdIOException | IllegalArgumentException e) {
            throw damaged("not what was written: " + object, e);
        }
    }

    private static BackupException damaged(String message, @Nullable Exception cause) {
        BackupException damaged = new BackupException(BackupException.Code.DAMAGED, message);
        if (cause != null) {
            damaged.initCause(cause);
        }
        return damaged;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        keys.values().forEach(SecretBytes::close);
    }
}
