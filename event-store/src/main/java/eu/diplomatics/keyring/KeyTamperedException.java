package eu.diplomatics.keyring;

/**
 * A stored key does not open under the key and place it claims, or claims one that is not there: moved, changed or
 * corrupt. Never retry; raise an alarm.
 */
public final class KeyTamperedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String key;

    public KeyTamperedException(String key) {
        super("stored key " + key + " does not open in the place where it was found");
        this.key = key;
    }

    /** The id of the data key, or the name of the secret. */
    public String key() {
        return key;
    }
}
