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
            Arrays.fill(opening, (byte) 0);
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

    /**
     * Seals a stored event's content under a key of another generation. Opening, commitment and leaf stay what they are,
     * so that nobody can tell from the log's tree that it happened. What was sealed is opened again and compared: memory
     * that failed in between shows here and not when the old key is gone.
     *
     * @return the new ciphertext
     * @throws SealBrokenException when the event does not open under the old key, or the new ciphertext not under the new
     */
    public byte[] reseal(StoredEvent event, DataKey old, DataKey fresh) {
        if (!fresh.id().equals(event.context().stream()) || fresh.generation() == old.generation()) {
            throw new IllegalArgumentException("the new data key is another stream's, or of the same generation");
        }
        byte[] plaintext = plaintext(event, old);
        byte[] reopened = {};
        try {
            Arrays.fill(body(event, plaintext), (byte) 0);
            byte[] context = ContextEncoding.forEnvelope(event.context(), fresh.generation());
            byte[] sealed = Cobblestone.seal(fresh.key(), context, plaintext);
            reopened = Cobblestone.open(fresh.key(), context, sealed);
            if (!MessageDigest.isEqual(plaintext, reopened)) {
                throw new SealBrokenException(event.position());
            }
            return sealed;
        } catch (EnvelopeException e) {
            throw new SealBrokenException(event.position(), e);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
            Arrays.fill(reopened, (byte) 0);
        }
    }

    private static byte[] plaintext(StoredEvent event, DataKey key) {
        EventContext context = event.context();
        if (!key.id().equals(context.stream())
                || key.generation() != event.keyGeneration()
                || !MessageDigest.isEqual(event.leaf(), Leaf.of(event))) {
            throw new SealBrokenException(event.position());
        }
        try {
            return Cobblestone.open(
                    key.key(), ContextEncoding.forEnvelope(context, event.keyGeneration()), event.ciphertext());
        } catch (EnvelopeException e) {
            throw new SealBrokenException(event.position(), e);
        }
    }

    private static byte[] body(StoredEvent event, byte[] plaintext) {
        if (plaintext.length < PREFIX_BYTES) {
            throw new SealBrokenException(event.position());
        }
        byte[] opening = Arrays.copyOf(plaintext, Commitment.OPENING_BYTES);
        int length = ByteBuffer.wrap(plaintext).getInt(Commitment.OPENING_BYTES);
        if (length < 0
                || length > MAX_BODY_BYTES
                || Padding.paddedLength(PREFIX_BYTES + length) != plaintext.length
                || !isZero(plaintext, PREFIX_BYTES + length)) {
            throw new SealBrokenException(event.position());
        }
        byte[] body = Arrays.copyOfRange(plaintext, PREFIX_BYTES, PREFIX_BYTES + length);
        if (!Commitment.holds(event.commitment(), opening, event.context(), body)) {
            Arrays.fill(body, (byte) 0);
            throw new SealBrokenException(event.position());
        }
        return body;
    }

    private static boolean isZero(byte[] bytes, int from) {
        return Arrays.mismatch(bytes, from, bytes.length, new byte[bytes.length - from], 0, bytes.length - from) < 0;
    }
}
