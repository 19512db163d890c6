package eu.diplomatics.qualification;

/** An event's body is not what its type says. The cause is left out: it could quote the body. */
public final class UnreadableEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnreadableEventException(String type, int typeVersion) {
        super("unreadable body of " + type + " version " + typeVersion);
    }
}
