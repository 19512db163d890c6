package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.Manifest.Table;
import eu.diplomatics.backup.segment.CopyFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/** The log's newest checkpoint, as its table passes: how many leaves it covers, and their root. */
final class CheckpointRows {
    private static final String TABLE = "eventstore.checkpoint";

    private long size;
    private byte[] root = {};

    /** What remembers it, where this is its table. */
    Consumer<ByteBuffer> of(Table table) {
        if (!table.name().equals(TABLE)) {
            return row -> {};
        }
        int sizeColumn = table.columns().indexOf("size");
        int rootColumn = table.columns().indexOf("root");
        return row -> {
            long covered = CopyFormat.field(row, 0, sizeColumn).getLong();
            if (covered > size) {
                size = covered;
                ByteBuffer field = CopyFormat.field(row, 0, rootColumn);
                root = new byte[field.remaining()];
                field.get(root);
            }
        };
    }

    /** 0 where there is none. */
    long size() {
        return size;
    }

    /** Whether the tree has this root there; true where there is no checkpoint. */
    boolean agrees(byte[] found) {
        return size == 0 || Arrays.equals(root, found);
    }
}
