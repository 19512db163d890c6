package eu.diplomatics.backup.restore;

import java.io.IOException;

/** Why a generation is not restored, or not yet. */
public final class RestoreException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** These never change their meaning. */
    public enum Code {
        /** Something is in a database that this restore has not put there; nothing was changed. */
        NOT_EMPTY,
        /** The restore of another generation was begun in a database; nothing was changed. */
        OTHER_GENERATION,
        /** The restore came to its end before; nothing was changed. */
        RESTORED_ALREADY,
        /** Another restore is at work in a database. */
        ANOTHER_RUNS,
        /** The generation was made by a newer version than this program knows. */
        NEWER,
        /** A role that the databases are to be used by does not exist in their server. */
        ROLE_MISSING,
        /** A newer generation, which tells what was shredded since, cannot be read. */
        SHREDDINGS_UNKNOWN,
        /** What was loaded is not what the manifest says. */
        NOT_AS_IT_WAS,
        /** A database stopped answering, or has no room; what was loaded so far stays, and counts. */
        INTERRUPTED
    }

    RestoreException(Code code, String message) {
        super(message);
        this.code = code;
    }

    RestoreException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
