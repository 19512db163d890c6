package eu.diplomatics.qualification;

/** The log holds an event this program does not know: an older program after a newer one. Do not skip it; upgrade. */
public final class UnknownEventTypeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final int typeVersion;

    public UnknownEventTypeException(String type, int typeVersion) {
        super("unknown event " + type + " version " + typeVersion);
        this.type = type;
        this.typeVersion = typeVersion;
    }

    public String type() {
        return type;
    }

    public int typeVersion() {
        return typeVersion;
    }
}
