package eu.diplomatics.keyring;

/** A key cannot be had now: custodian or keyring unreachable, or the lease has ended. Retry later; nothing was done. */
public class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KeysUnavailableException(String message) {
        super(message);
    }

    public KeysUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
