package eu.diplomatics.envelope;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/** Opens a sealed stream; see {@link Cobblestone#opening}. Once it has failed it keeps failing. Not thread-safe. */
final class OpeningInputStream extends InputStream {
    private final InputStream in;
    private final MessageKey key;
    private final ChunkCipher cipher = new ChunkCipher();
    private final byte[] sealed = new byte[ChunkCipher.SEALED_CHUNK_BYTES];
    private final byte[] chunk = new byte[ChunkCipher.CHUNK_BYTES];
    private int next;
    private int filled;
    private long chunks;
    private State state = State.READING;

    private enum State {
        READING,
        FINAL_CHUNK_READ,
        BROKEN,
        CLOSED
    }

    OpeningInputStream(SecretBytes key, byte[] context, InputStream in) throws IOException {
        this.in = in;
        byte[] header = in.readNBytes(Cobblestone.HEADER_BYTES);
        if (header.length < Cobblestone.HEADER_BYTES) {
            throw new EnvelopeException(EnvelopeException.Kind.FORMAT);
        }
        this.key = new MessageKey(key, header, context);
        try {
            this.key.check(header, MessageKey.SALT_BYTES);
        } catch (EnvelopeException e) {
            this.key.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (next == filled && !openChunk()) {
            return -1;
        }
        int taken = Math.min(length, filled - next);
        System.arraycopy(chunk, next, bytes, offset, taken);
        next += taken;
        return taken;
    }

    @Override
    public int available() {
        return filled - next;
    }

    @Override
    public void close() throws IOException {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            forget();
            in.close();
        }
    }

    /** Whether there is a further byte to yield. */
    private boolean openChunk() throws IOException {
        switch (state) {
            case FINAL_CHUNK_READ -> {
                return false;
            }
            case BROKEN -> throw new EnvelopeException(EnvelopeException.Kind.TAG);
            case CLOSED -> throw new IOException("opening stream is closed");
            case READING -> {}
        }
        // whatever goes wrong from here on, the place in the message is lost
        state = State.BROKEN;
        int length = in.readNBytes(sealed, 0, sealed.length);
        if (length < ChunkCipher.TAG_BYTES) {
            forget();
            throw new EnvelopeException(EnvelopeException.Kind.FORMAT);
        }
        try {
            filled = cipher.open(key, chunks++, sealed, 0, length, chunk, 0);
            next = 0;
        } catch (EnvelopeException e) {
            forget();
            throw e;
        }
        state = length == sealed.length ? State.READING : State.FINAL_CHUNK_READ;
        return filled > 0;
    }

    private void forget() {
        next = 0;
        filled = 0;
        Arrays.fill(chunk, (byte) 0);
        key.close();
        cipher.forget();
    }
}
