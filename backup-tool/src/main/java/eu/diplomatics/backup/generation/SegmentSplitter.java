package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.segment.CopyRows;
import eu.diplomatics.backup.segment.RowBlock;
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
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Cuts a table into segments, and puts each into its place as it is full: in a lane, while the next rows are read. */
public final class SegmentSplitter implements Snapshot.Copied, AutoCloseable {
    private final Place place;
    private final SecretBytes key;
    private final Target target;
    private final long segmentBytes;
    private final @Nullable Consumer<ByteBuffer> rows;
    private final Lane lane;
    private final Put put;
    private final Queue<RowBlock> blocks = new ConcurrentLinkedQueue<>();
    private @Nullable RowBlock block;
    private boolean begun;
    private long filled;
    private int ordinal;
    // of the lane
    private final List<Manifest.Segment> segments = new ArrayList<>();
    private @Nullable SegmentWriter current;

    /** What segments are, and where they go. */
    public interface Target {
        /** @param ordinal of the table's segments, from 0 */
        SegmentContext context(int ordinal);

        /** @param sha256 of the segment, hex */
        String name(String sha256);

        /** What names of files begin with that are not in their place yet. */
        default String spool() {
            return "";
        }

        /** Whether what is put is read back by others, before anything counts on it. */
        default boolean isReadLater() {
            return false;
        }
    }

    /** Told after each segment, in the lane. */
    @FunctionalInterface
    public interface Put {
        void one(int ordinal, Manifest.Segment segment) throws IOException, SQLException;
    }

    /**
     * @param segmentBytes after how many a segment is full, before compression
     * @param rows sees each row, from its position to its limit; null where nobody wants to
     */
    public SegmentSplitter(
            Place place,
            SecretBytes key,
            Target target,
            long segmentBytes,
            @Nullable Consumer<ByteBuffer> rows,
            Lane lane,
            Put put) {
        this.place = place;
        this.key = key;
        this.target = target;
        this.segmentBytes = segmentBytes;
        this.rows = rows;
        this.lane = lane;
        this.put = put;
    }

    @Override
    public void message(byte[] bytes) throws IOException, SQLException {
        CopyRows message = begun ? CopyRows.of(bytes) : CopyRows.first(bytes);
        begun = true;
        if (message.count() == 0) {
            return;
        }
        if (rows != null) {
            message.forEach(rows);
        }
        RowBlock filling = block == null ? free() : block;
        block = filling;
        filling.add(message);
        filled += message.to() - message.from();
        if (filled >= segmentBytes) {
            endSegment();
        } else if (filling.isFull()) {
            pass(filling);
        }
    }

    private RowBlock free() {
        RowBlock free = blocks.poll();
        return free == null ? new RowBlock() : free;
    }

    private void pass(RowBlock full) throws IOException, SQLException {
        block = null;
        int number = ordinal;
        lane.give(() -> {
            writer(number).write(full);
            full.clear();
            blocks.add(full);
        });
    }

    private void endSegment() throws IOException, SQLException {
        if (block != null) {
            pass(block);
        }
        int number = ordinal;
        lane.give(() -> end(number));
        ordinal++;
        filled = 0;
    }

    /**
     * Ends what was begun.
     *
     * @param all told all segments when they are in their place; an empty table has none
     */
    void finish(Consumer<List<Manifest.Segment>> all) throws IOException, SQLException {
        if (filled > 0) {
            endSegment();
        }
        lane.give(() -> {
            blocks.clear();
            all.accept(List.copyOf(segments));
        });
    }

    /** All segments, when they are in their place. */
    public List<Manifest.Segment> finish() throws IOException, SQLException {
        List<Manifest.Segment> all = new ArrayList<>();
        finish(all::addAll);
        lane.finish();
        return List.copyOf(all);
    }

    private SegmentWriter writer(int number) throws IOException {
        SegmentWriter writer = current;
        if (writer == null) {
            Path file = place.spool().resolve(target.spool() + UUID.randomUUID() + ".segment");
            writer = new SegmentWriter(key, target.context(number), file);
            current = writer;
        }
        return writer;
    }

    private void end(int number) throws IOException, SQLException {
        SegmentWriter.Finished finished;
        try (SegmentWriter writer = writer(number)) {
            finished = writer.finish();
        } finally {
            current = null;
        }
        String name = HexFormat.of().formatHex(finished.sha256());
        try {
            if (target.isReadLater()) {
                place.keep(target.name(name), finished.file(), finished.sha256());
            } else {
                place.put(target.name(name), finished.file(), finished.sha256());
            }
        } finally {
            Files.deleteIfExists(finished.file());
        }
        Manifest.Segment segment = new Manifest.Segment(name, finished.bytes(), finished.rows());
        segments.add(segment);
        put.one(number, segment);
    }

    /** Leaves what was not ended. A lane that has a thread of its own has to be closed before. */
    @Override
    public void close() throws IOException {
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
