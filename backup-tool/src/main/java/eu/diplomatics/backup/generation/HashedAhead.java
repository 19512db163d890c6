package eu.diplomatics.backup.generation;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads and hashes on a thread of its own, some pieces ahead of who takes them: that takes about as long as opening them
 * does. Count and digest are those of the whole once its end was read. Closing it leaves open what it reads from.
 */
final class HashedAhead extends InputStream {
    private static final int PIECE_BYTES = 1 << 16;
    private static final int PIECES = 8;

    private final InputStream in;
    private final MessageDigest digest;
    private final BlockingQueue<Piece> read = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(PIECES);
    private final Thread thread;
    private Piece current = new Piece(new byte[0], 0, null);
    private int from;
    private long count;

    /** @param length negative at the end */
    private record Piece(byte[] bytes, int length, @Nullable Exception failed) {}

    HashedAhead(InputStream in, MessageDigest digest) {
        this.in = in;
        this.digest = digest;
        for (int i = 0; i < PIECES; i++) {
            free.add(new byte[PIECE_BYTES]);
        }
        this.thread = Thread.ofPlatform().daemon().name("hashing").start(this::work);
    }

    private void work() {
        try {
            int length = 0;
            while (length >= 0) {
                byte[] bytes = free.take();
                length = next(bytes);
            }
        } catch (InterruptedException e) {
            // nobody takes what follows
        }
    }

    private int next(byte[] bytes) throws InterruptedException {
        try {
            int length = in.readNBytes(bytes, 0, bytes.length);
            digest.update(bytes, 0, length);
            Piece piece = length == 0 ? new Piece(bytes, -1, null) : new Piece(bytes, length, null);
            read.put(piece);
            return piece.length();
        } catch (IOException | RuntimeException e) {
            read.put(new Piece(bytes, -1, e));
            return -1;
        }
    }

    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (from == current.length() && !advance() || current.length() < 0) {
            return -1;
        }
        int taken = Math.min(length, current.length() - from);
        System.arraycopy(current.bytes(), from, bytes, offset, taken);
        from += taken;
        count += taken;
        return taken;
    }

    /** Whether there is more. */
    private boolean advance() throws IOException {
        try {
            if (current.length() > 0) {
                free.put(current.bytes());
            }
            current = read.take();
            from = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        switch (current.failed()) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new IOException(e);
        }
        return current.length() > 0;
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
