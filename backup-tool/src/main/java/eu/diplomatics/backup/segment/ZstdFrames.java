package eu.diplomatics.backup.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes blocks as zstd frames (RFC 8878), one each: compressed where that helps, else as they are, in frames of raw blocks.
 * Most of what is written is ciphertext, which nothing compresses. Not thread-safe.
 */
final class ZstdFrames implements AutoCloseable {
    /** What can be compressed is found at the fastest level too. */
    private static final int LEVEL = -3;
    /** What saves less than one part of so many costs more than it saves. */
    private static final int WORTH = 32;
    /** After a block that was not worth it, so many are not tried. */
    private static final int UNTRIED = 15;

    /** The frame's magic number, no content size, no checksum, a window of 128 KiB. */
    private static final byte[] RAW_HEADER = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 7 << 3};

    private static final int RAW_BYTES = 1 << 17;

    private final OutputStream out;
    private final ZstdCompressCtx compressing = new ZstdCompressCtx();
    private byte[] compressed = {};
    private int untried;

    ZstdFrames(OutputStream out) {
        this.out = out;
        compressing.setLevel(LEVEL);
        compressing.setChecksum(false); // each chunk is authenticated
    }

    void write(byte[] bytes, int length) throws IOException {
        if (untried > 0) {
            untried--;
            raw(bytes, length);
            return;
        }
        int bound = Math.toIntExact(Zstd.compressBound(length));
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        int size = compressing.compressByteArray(compressed, 0, compressed.length, bytes, 0, length);
        if (size < length - length / WORTH) {
            out.write(compressed, 0, size);
        } else {
            untried = UNTRIED;
            raw(bytes, length);
        }
    }

    /** Without an attempt. */
    void raw(byte[] bytes, int length) throws IOException {
        out.write(RAW_HEADER);
        int from = 0;
        do {
            int size = Math.min(RAW_BYTES, length - from);
            int header = size << 3 | (from + size == length ? 1 : 0);
            out.write(new byte[] {(byte) header, (byte) (header >> 8), (byte) (header >> 16)});
            out.write(bytes, from, size);
            from += size;
        } while (from < length);
    }

    @Override
    public void close() {
        compressing.close();
    }
}
