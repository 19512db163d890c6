package eu.diplomatics.keyring;

/**
 * The custodian refuses this very request: what it was given does not unwrap, or the key for it is gone. The same
 * request is refused again; others may succeed.
 */
public final class KeyRefusedException extends CustodianRefusalException {
    private static final long serialVersionUID = 1L;

    public KeyRefusedException(String message) {
        this(message, "");
    }

    KeyRefusedException(String message, String code) {
        super(message, code);
    }
}
