package eu.diplomatics.envelope;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Seals a stream in chunks of 16 KiB. The message is whole only once {@link #finish()} was called: closing without it,
 * as try-with-resources does after an exception, leaves a message that does not open, never a shorter one that does.
 *
 * <p>{@link #flush()} passes on whole chunks only. Not thread-safe.
 */
public final class SealingOutputStream extends OutputStream {
    private final OutputStream out;
    private final MessageKey key;
    private final ChunkCipher cipher = new ChunkCipher();
    private final byte[] chunk = new byte[ChunkCipher.CHUNK_BYTES];
    private final byte[] sealed = new byte[ChunkCipher.SEALED_CHUNK_BYTES];
    private int filled;
    private long chunks;
    private boolean finished;
    private boolean closed;

    SealingOutputStream(SecretBytes key, byte[] context, byte[] salt, OutputStream out) throws IOException {
        this.out = out;
        this.key = new MessageKey(key, salt, context);
        byte[] header = Arrays.copyOf(salt, Cobblestone.HEADER_BYTES);
        this.key.writeCommitment(header, MessageKey.SALT_BYTES);
        out.write(header);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (finished || closed) {
            throw new IOException("sealing stream is finished");
        }
        int from = offset;
        int left = length;
        while (left > 0) {
            if (filled == 0 && left >= chunk.length) {
                seal(bytes, from, chunk.length);
                from += chunk.length;
                left -= chunk.length;
                continue;
            }
            int taken = Math.min(left, chunk.length - filled);
            System.arraycopy(bytes, from, chunk, filled, taken);
            filled += taken;
            from += taken;
            left -= taken;
            if (filled == chunk.length) {
                sealChunk();
            }
        }
    }

    /** Seals the final chunk. What was written is whole from here on; further writes are refused. */
    public void finish() throws IOException {
        if (closed) {
            throw new IOException("sealing stream is closed");
        }
        if (!finished) {
            sealChunk();
            finished = true;
            out.flush();
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            Arrays.fill(chunk, (byte) 0);
            key.close();
            cipher.forget();
            out.close();
        }
    }

    private void sealChunk() throws IOException {
        seal(chunk, 0, filled);
        filled = 0;
    }

    private void seal(byte[] bytes, int offset, int length) throws IOException {
        out.write(sealed, 0, cipher.seal(key, chunks++, bytes, offset, length, sealed, 0));
    }
}
