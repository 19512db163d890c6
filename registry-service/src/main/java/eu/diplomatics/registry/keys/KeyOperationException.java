package eu.diplomatics.registry.keys;

/** Work on keys cannot go on, and why: one line for operators that holds ids and counts, nothing of a person. */
public final class KeyOperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KeyOperationException(String message) {
        super(message);
    }

    public KeyOperationException(String message, Throwable cause) {
        super(message, cause);
    }
}
