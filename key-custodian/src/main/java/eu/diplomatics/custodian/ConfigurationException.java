package eu.diplomatics.custodian;

/** The configuration cannot be used; says what to do next. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String hint;

    ConfigurationException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    ConfigurationException(String message, String hint, Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /** The next step. */
    public String hint() {
        return hint;
    }
}
