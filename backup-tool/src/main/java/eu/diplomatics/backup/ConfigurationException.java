package eu.diplomatics.backup;

/** A configuration that cannot be used; the hint says what to do. */
final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String hint;

    ConfigurationException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    String hint() {
        return hint;
    }
}
