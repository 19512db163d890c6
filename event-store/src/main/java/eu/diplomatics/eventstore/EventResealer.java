package eu.diplomatics.eventstore;

import eu.diplomatics.envelope.CobblestoneSession;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.keyring.DataKey;
import java.util.Arrays;

/**
 * Seals stored events anew, one after the other, under keys of another generation. Opening, commitment and leaf stay what
 * they are, so that nobody can tell from the log's tree that it happened. What one event leaves in memory is overwritten
 * by the next, or by closing. Not thread-safe.
 */
public final class EventResealer implements AutoCloseable {
    private static final byte[] NOTHING = {};

    /** Two, so that nothing that the sealing computed serves the opening that checks it. */
    private final CobblestoneSession opening = new CobblestoneSession();

    private final CobblestoneSession sealing = new CobblestoneSession();
    private byte[] plaintext = NOTHING;
    private byte[] reopened = NOTHING;

    /** How many bytes {@link #reseal} writes for an event that opens. */
    public static int lengthOf(StoredEvent event) {
        return event.ciphertext().length;
    }

    /**
     * Seals the event's content under another key. What was sealed is opened again, from where it was written to, and compared:
     * memory that failed in between shows here and not when the old key is gone.
     *
     * @param out where the new ciphertext is written, at {@code outOffset}: {@link #lengthOf} bytes
     * @throws SealBrokenException when the event does not open under the old key, or the new ciphertext not under the new
     * @throws IllegalArgumentException when the new key is another stream's, or of the same generation
     */
    public void reseal(StoredEvent event, DataKey old, DataKey fresh, byte[] out, int outOffset) {
        EventContext context = event.context();
        if (!fresh.id().equals(context.stream()) || fresh.generation() == old.generation()) {
            throw new IllegalArgumentException("the new data key is another stream's, or of the same generation");
        }
        EventSealer.check(event, old);
        byte[] sealed = event.ciphertext();
        try {
            int length = CobblestoneSession.openedLength(sealed.length);
            reserve(length);
            byte[] then = ContextEncoding.forEnvelope(context, old.generation());
            opening.open(old.key(), then, sealed, 0, sealed.length, plaintext);
            Arrays.fill(EventSealer.body(event, plaintext, length), (byte) 0);
            byte[] now = ContextEncoding.forEnvelope(context, fresh.generation());
            int written = sealing.seal(fresh.key(), now, plaintext, length, out, outOffset);
            opening.open(fresh.key(), now, out, outOffset, written, reopened);
            if (!Arrays.equals(plaintext, 0, length, reopened, 0, length)) {
                throw new SealBrokenException(event.position());
            }
        } catch (EnvelopeException e) {
            throw new SealBrokenException(event.position(), e);
        }
    }

    private void reserve(int length) {
        if (plaintext.length < length) {
            forget();
            plaintext = new byte[length];
            reopened = new byte[length];
        }
    }

    private void forget() {
        Arrays.fill(plaintext, (byte) 0);
        Arrays.fill(reopened, (byte) 0);
    }

    @Override
    public void close() {
        forget();
        opening.close();
        sealing.close();
    }
}
