package eu.diplomatics.backup.generation;

import java.io.IOException;

/** Something that is not signed by a key that is believed, or not what it has to be. Its message repeats nothing of it. */
public final class UntrustedException extends IOException {
    private static final long serialVersionUID = 1L;

    public UntrustedException(String message) {
        super(message);
    }

    UntrustedException(String message, Throwable cause) {
        super(message, cause);
    }
}
