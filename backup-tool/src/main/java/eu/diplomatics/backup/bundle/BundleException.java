package eu.diplomatics.backup.bundle;

import java.io.IOException;

/** The environment cannot be gathered, or not be unpacked; the generations that count are as they were. */
public final class BundleException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String hint;

    public BundleException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    /** What to do. */
    public String hint() {
        return hint;
    }
}
