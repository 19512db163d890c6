package eu.diplomatics.witness;

/** The witness's directory or command line is not as it must be. The message is for its operator, with a hint. */
public final class WitnessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WitnessException(String message, String hint) {
        super(message + "\nHINT: " + hint);
    }
}
