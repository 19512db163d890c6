package eu.diplomatics.envelope;

/**
 * A sealed message does not open. It says which check refused it and nothing about the data.
 *
 * <p>Unchecked also where a stream throws it, so that it is never mistaken for trouble of a disk or network.
 */
public final class EnvelopeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    EnvelopeException(Kind kind) {
        super("sealed message refused: " + kind);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** What was wrong. */
    public enum Kind {
        /** Another key, another context, or a changed salt or commitment: nothing was decrypted. */
        COMMITMENT,
        /** A chunk was changed, cut, moved or added to. */
        TAG,
        /** The length is none that a sealed message can have: too short, or the final chunk is missing. */
        FORMAT
    }
}
