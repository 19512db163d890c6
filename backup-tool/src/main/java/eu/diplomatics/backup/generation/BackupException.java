package eu.diplomatics.backup.generation;

import java.io.IOException;

/** What stands in the way of a backup; nothing of the generations that count was touched. */
public final class BackupException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** These never change their meaning. */
    public enum Code {
        /** Another backup of this registry is being made. */
        ANOTHER_RUNS,
        /** The clock shows an earlier time than the newest index was issued at. */
        CLOCK_BEHIND,
        /** What was written does not read back as it should. */
        NOT_VERIFIED,
        /** There is no generation to which a tail could be made, or not one of this server. */
        NO_GENERATION,
        /** A segment is missing, or is not what the manifest names. */
        DAMAGED,
        /** There was no such drill. */
        NO_DRILL,
        /** Who signs did so before. */
        SIGNED_ALREADY
    }

    public BackupException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
