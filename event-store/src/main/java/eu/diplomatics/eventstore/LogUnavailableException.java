package eu.diplomatics.eventstore;

import org.jspecify.annotations.Nullable;

/** The log cannot be written or read now. Retry later with the same command id. */
public final class LogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean deposed;

    public LogUnavailableException(String message, boolean deposed, @Nullable Throwable cause) {
        super(message, cause);
        this.deposed = deposed;
    }

    public LogUnavailableException(String message) {
        super(message);
        this.deposed = false;
    }

    /** Another writer has taken the log over: retrying in this process will not help. */
    public boolean isDeposed() {
        return deposed;
    }
}
