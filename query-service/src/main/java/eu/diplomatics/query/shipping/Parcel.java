package eu.diplomatics.query.shipping;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is sent at once: the rows behind a position, without a gap, and what was signed over them.
 *
 * @param after the first row stands at the position that follows
 * @param more whether there may be further ones
 */
record Parcel(long after, List<Row> rows, List<Signed> checkpoints, List<Cosigned> cosignatures, boolean more) {
    /** Only asks what is there. */
    static final Parcel NOTHING = new Parcel(0, List.of(), List.of(), List.of(), false);

    /**
     * A row of the access log, as it lies there.
     *
     * @param at as it was sealed, which is what the leaf is made of
     * @param sealed null, as subject and key, where the row is no more: its leaf goes alone
     */
    record Row(
            UUID entry,
            Instant at,
            byte[] leaf,
            byte @Nullable [] subject,
            @Nullable Integer sealKey,
            byte @Nullable [] sealed) {
        @Override
        public String toString() {
            return "Row[" + entry + ", redacted]";
        }
    }

    /** @param frontier roots of the complete subtrees of the first {@code size} leaves, largest first, 32 bytes each */
    record Signed(long size, byte[] note, byte[] frontier) {}

    /** @param line of the signed note, with its end */
    record Cosigned(long size, String witness, String line) {}

    /** What the controller has: the last position, and the largest trees with a checkpoint and with a cosignature; 0 for none. */
    record Held(long position, long checkpoint, long cosigned) {}
}
