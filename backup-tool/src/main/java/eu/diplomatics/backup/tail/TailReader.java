package eu.diplomatics.backup.tail;

import com.github.luben.zstd.ZstdIOException;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import eu.diplomatics.backup.segment.SegmentContext;
import eu.diplomatics.backup.segment.SegmentReader;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SecretBytes;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;

/** Reads segments of tails and holds them against what their manifest says. */
public final class TailReader {
    private final TailStore store;
    private final GenerationId id;

    public TailReader(TailStore store, GenerationId id) {
        this.store = store;
        this.id = id;
    }

    /** Takes a row as the COPY format has it, valid until it returns. */
    @FunctionalInterface
    public interface Rows {
        void row(ByteBuffer row) throws SQLException;
    }

    static String object(GenerationId id, TailManifest tail, TailManifest.Source source, Manifest.Segment segment) {
        return TailStore.segmentName(id, tail.number(), source.part(), segment.sha256());
    }

    /**
     * All rows of a segment; only when this returns were they all those that were written.
     *
     * @param key of the source's part; empty to look at the bytes alone
     * @return what is not as it has to be; empty when all is well
     */
    public Optional<Code> read(
            TailManifest tail,
            TailManifest.Source source,
            TailManifest.Table table,
            int ordinal,
            Optional<SecretBytes> key,
            Rows rows)
            throws IOException, SQLException {
        Manifest.Segment segment = table.segments().get(ordinal);
        MessageDigest digest = sha256();
        Optional<Code> found = Optional.empty();
        try (InputStream stored = store.place().open(object(id, tail, source, segment));
                Counting counted = new Counting(stored);
                DigestInputStream in = new DigestInputStream(counted, digest)) {
            if (key.isPresent()) {
                SegmentContext context = new SegmentContext(
                        TailStore.name(id, tail.number()),
                        source.part(),
                        source.database() + "." + table.name(),
                        ordinal);
                found = rows(key.get(), context, in, segment, rows);
            }
            in.transferTo(OutputStream.nullOutputStream());
            boolean same = counted.count == segment.bytes()
                    && HexFormat.of().formatHex(digest.digest()).equals(segment.sha256());
            return same ? found : Optional.of(Code.CHANGED);
        } catch (NoSuchFileException e) {
            return Optional.of(Code.MISSING);
        }
    }

    private static Optional<Code> rows(
            SecretBytes key, SegmentContext context, InputStream in, Manifest.Segment segment, Rows rows)
            throws IOException, SQLException {
        // not closed: what is below it is read to its end
        try {
            SegmentReader reader = new SegmentReader(key, context, in);
            for (ByteBuffer row = reader.next(); row.hasRemaining(); row = reader.next()) {
                rows.row(row);
            }
            return reader.rows() == segment.rows() ? Optional.empty() : Optional.of(Code.ROWS);
        } catch (EnvelopeException | EOFException | ZstdIOException | IllegalArgumentException e) {
            return Optional.of(Code.UNREADABLE);
        }
    }

    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
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
