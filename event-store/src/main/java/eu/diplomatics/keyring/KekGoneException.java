package eu.diplomatics.keyring;

/** A key stands under a KEK that there is no more, as far as is known. */
final class KekGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int ATTEMPTS = 3;

    private final String key;

    KekGoneException(String key) {
        super("the key-encryption key of " + key + " is gone");
        this.key = key;
    }

    void orTampered(int attempt) {
        if (attempt >= ATTEMPTS) {
            throw new KeyTamperedException(key);
        }
    }

    void orUnavailable(int attempt) {
        if (attempt >= ATTEMPTS) {
            throw new KeysUnavailableException("the key-encryption key changes all the time", this);
        }
    }
}
