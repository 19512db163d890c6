package eu.diplomatics.registry.batch;

import eu.diplomatics.envelope.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A body that is digested while it is read: what a file is recognised by when it is sent again. An HMAC, since a file of
 * one row could be guessed from a plain digest.
 */
final class TaggedBody extends InputStream {
    private final InputStream in;
    private final Mac mac;
    private final long maxBytes;
    private final long patienceNanos;
    private long read;
    private long waitedNanos;

    /**
     * @param patience how long the body may be waited for, in all, before its rate counts
     * @param parameters what the file was sent with; other parameters make it another file
     */
    TaggedBody(InputStream in, SecretBytes key, long maxBytes, Duration patience, String parameters) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.patienceNanos = patience.toNanos();
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.reveal(), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        mac.update(parameters.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
    }

    /** The body is longer than a file may be. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The body comes too slowly to wait for its end. */
    static final class TooSlowException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        long begun = System.nanoTime();
        int count = in.read(buffer, offset, length);
        waitedNanos += System.nanoTime() - begun;
        if (count > 0) {
            read += count;
            if (waitedNanos > patienceNanos
                    && read < BatchSettings.MIN_RATE * TimeUnit.NANOSECONDS.toSeconds(waitedNanos)) {
                throw new TooSlowException();
            }
            if (read > maxBytes) {
                throw new TooLargeException();
            }
            mac.update(buffer, offset, count);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** The tag of the whole body; reads what is left of it. */
    byte[] tag() throws IOException {
        byte[] rest = new byte[32 * 1024];
        while (read(rest, 0, rest.length) >= 0) {
            // digested on the way
        }
        return mac.doFinal();
    }
}
