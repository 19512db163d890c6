package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.segment.CopyRows;
import eu.diplomatics.backup.segment.SegmentContext;
import eu.diplomatics.backup.segment.SegmentWriter;
import eu.diplomatics.backup.source.Snapshot;
import eu.diplomatics.envelope.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Cuts a table into segments, and puts each into its place as it is full. */
final class SegmentSplitter implements Snapshot.Copied, AutoCloseable {
    private final Place place;
    private final GenerationId id;
    private final SecretBytes key;
    private final String part;
    private final String table;
    private final long segmentBytes;
    private final Consumer<ByteBuffer> rows;
    private final Put put;
    private final List<Manifest.Segment> segments = new ArrayList<>();
    private @Nullable SegmentWriter current;
    private boolean begun;

    /** Told after each segment. */
    @FunctionalInterface
    interface Put {
        void one() throws SQLException;
    }

    /**
     * @param table with database and schema
     * @param segmentBytes after how many a segment is full, before compression
     * @param rows sees each row, from its position to its limit
     */
    SegmentSplitter(
            Place place,
            GenerationId id,
            SecretBytes key,
            String part,
            String table,
            long segmentBytes,
            Consumer<ByteBuffer> rows,
            Put put) {
        this.place = place;
        this.id = id;
        this.key = key;
        this.part = part;
        this.table = table;
        this.segmentBytes = segmentBytes;
        this.rows = rows;
        this.put = put;
    }

    @Override
    public void message(byte[] bytes) throws IOException, SQLException {
        CopyRows message = begun ? CopyRows.of(bytes) : CopyRows.first(bytes);
        begun = true;
        if (message.count() == 0) {
            return;
        }
        SegmentWriter writer = current;
        if (writer == null) {
            Path file = place.spool().resolve(UUID.randomUUID() + ".segment");
            writer = new SegmentWriter(key, new SegmentContext(id.toString(), part, table, segments.size()), file);
            current = writer;
        }
        message.forEach(rows);
        writer.write(bytes, message.from(), message.to() - message.from(), message.count());
        if (writer.plainBytes() >= segmentBytes) {
            end(writer);
        }
    }

    /** All segments; an empty table has none. */
    List<Manifest.Segment> finish() throws IOException, SQLException {
        if (current != null) {
            end(current);
        }
        return List.copyOf(segments);
    }

    private void end(SegmentWriter writer) throws IOException, SQLException {
        SegmentWriter.Finished finished = writer.finish();
        current = null;
        String name = HexFormat.of().formatHex(finished.sha256());
        try {
            place.put(GenerationStore.segmentName(id, part, name), finished.file(), finished.sha256());
        } finally {
            Files.deleteIfExists(finished.file());
        }
        segments.add(new Manifest.Segment(name, finished.bytes(), finished.rows()));
        put.one();
    }

    @Override
    public void close() throws IOException {
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
