package eu.diplomatics.eventstore;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.keyring.DataKey;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Turns an event's body into what may be stored and back.
 *
 * <pre>plaintext = opening (32) ‖ length of body (4) ‖ body ‖ zeros up to a padding class</pre>
 *
 * <p>A ciphertext opens only under its stream's key and as the event it was sealed as. Thread-safe.
 */
public final class EventSealer {
    /** What a body may have at most: a sealed event fits a Kafka record with its defaults. */
    public static final int MAX_BODY_BYTES = 512 * 1024 - Commitment.OPENING_BYTES - Integer.BYTES;

    private static final byte[] ZEROS = new byte[1024];
    private static final int PREFIX_BYTES = Commitment.OPENING_BYTES + Integer.BYTES;

    private final SecureRandom random = new SecureRandom();

    /**
     * Seals a body on the caller's thread.
     *
     * @param key the data key of the context's stream
     * @param ifAbsent see {@link SealedEvent#ifAbsent()}
     * @throws IllegalArgumentException when the key is another stream's, or the body is too large
     */
    public SealedEvent seal(
            EventContext context, UUID holder, byte[] body, DataKey key, List<Tag> tags, boolean ifAbsent) {
        if (!key.id().equals(context.stream())) {
            throw new IllegalArgumentException("the data key is another stream's");
        }
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("a body of " + body.length + " bytes is too large");
        }
        byte[] opening = new byte[Commitment.OPENING_BYTES];
        random.nextBytes(opening);
        try {
            return sealed(context, holder, opening, body, key, tags, ifAbsent);
        } finally {
            Arrays.fill(opening, (byte) 0);
        }
    }

    private static SealedEvent sealed(
            EventContext context,
            UUID holder,
            byte[] opening,
            byte[] body,
            DataKey key,
            List<Tag> tags,
            boolean ifAbsent) {
        byte[] plaintext = new byte[Padding.paddedLength(PREFIX_BYTES + body.length)];
        try {
            ByteBuffer.wrap(plaintext).put(opening).putInt(body.length).put(body);
            return new SealedEvent(
                    context,
                    holder,
                    Commitment.of(opening, context, body),
                    key.generation(),
                    Cobblestone.seal(key.key(), ContextEncoding.forEnvelope(context, key.generation()), plaintext),
                    tags,
                    ifAbsent);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /**
     * Seals what another registry had sealed, so that commitment and leaf are again what they were there.
     *
     * @param content as {@link #disclose} gave it
     * @param key the data key of the context's stream
     * @throws IllegalArgumentException when the key is another stream's, or sizes are not those of an event
     */
    public SealedEvent sealAgain(EventContext context, UUID holder, Content content, DataKey key, List<Tag> tags) {
        if (!key.id().equals(context.stream())
                || content.opening().length != Commitment.OPENING_BYTES
                || content.body().length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("another stream's key, or no content of an event");
        }
        return sealed(context, holder, content.opening(), content.body(), key, tags, false);
    }

    /**
     * What lies inside a ciphertext: with both anybody can compute the commitment anew.
     *
     * @param opening 32 bytes that key the commitment
     * @param body UTF-8 JSON
     */
    public record Content(byte[] opening, byte[] body) {
        /** Overwrites both. */
        public void forget() {
            Arrays.fill(opening, (byte) 0);
            Arrays.fill(body, (byte) 0);
        }

        @Override
        public String toString() {
            return "Content[redacted]";
        }
    }

    /** As {@link #open}, with the opening, for who hands the event over to another registry. */
    public Content disclose(StoredEvent event, DataKey key) {
        byte[] plaintext = plaintext(event, key);
        try {
            return new Content(Arrays.copyOf(plaintext, Commitment.OPENING_BYTES), body(event, plaintext));
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /**
     * Opens a stored event and checks that its leaf belongs to its header (a date that was shifted by itself shows) and
     * that its content is what the log committed to.
     *
     * @throws SealBrokenException when it is not this event, or not under this key
     */
    public byte[] open(StoredEvent event, DataKey key) {
        byte[] plaintext = plaintext(event, key);
        try {
            return body(event, plaintext);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private static byte[] plaintext(StoredEvent event, DataKey key) {
        check(event, key);
        try {
            return Cobblestone.open(
                    key.key(), ContextEncoding.forEnvelope(event.context(), event.keyGeneration()), event.ciphertext());
        } catch (EnvelopeException e) {
            throw new SealBrokenException(event.position(), e);
        }
    }

    /** The key is the event's, and the leaf is its header's. */
    static void check(StoredEvent event, DataKey key) {
        if (!key.id().equals(event.context().stream())
                || key.generation() != event.keyGeneration()
                || !MessageDigest.isEqual(event.leaf(), Leaf.of(event))) {
            throw new SealBrokenException(event.position());
        }
    }

    private static byte[] body(StoredEvent event, byte[] plaintext) {
        return body(event, plaintext, plaintext.length);
    }

    /**
     * The body, of a plaintext that is padded as ours are and that the event's commitment holds for. The caller overwrites it.
     *
     * @param plaintextLength how much of {@code plaintext} counts
     */
    static byte[] body(StoredEvent event, byte[] plaintext, int plaintextLength) {
        if (plaintextLength < PREFIX_BYTES) {
            throw new SealBrokenException(event.position());
        }
        byte[] opening = Arrays.copyOf(plaintext, Commitment.OPENING_BYTES);
        int length = ByteBuffer.wrap(plaintext).getInt(Commitment.OPENING_BYTES);
        if (length < 0
                || length > MAX_BODY_BYTES
                || Padding.paddedLength(PREFIX_BYTES + length) != plaintextLength
                || !isZero(plaintext, PREFIX_BYTES + length, plaintextLength)) {
            throw new SealBrokenException(event.position());
        }
        byte[] body = Arrays.copyOfRange(plaintext, PREFIX_BYTES, PREFIX_BYTES + length);
        if (!Commitment.holds(event.commitment(), opening, event.context(), body)) {
            Arrays.fill(body, (byte) 0);
            throw new SealBrokenException(event.position());
        }
        return body;
    }

    /** Against a piece of zeros: no loop byte by byte, and nothing made for it. */
    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at += ZEROS.length) {
            int length = Math.min(ZEROS.length, to - at);
            if (!Arrays.equals(bytes, at, at + length, ZEROS, 0, length)) {
                return false;
            }
        }
        return true;
    }
}
