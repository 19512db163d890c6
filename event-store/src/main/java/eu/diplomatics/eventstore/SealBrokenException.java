package eu.diplomatics.eventstore;

/**
 * A stored event does not open as what it claims to be: changed, moved to another stream, version or type, or sealed
 * under another key. Never retry; park the stream and raise an alarm.
 */
public final class SealBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long position;

    public SealBrokenException(long position) {
        super("seal broken at position " + position);
        this.position = position;
    }

    SealBrokenException(long position, Throwable cause) {
        super("seal broken at position " + position, cause);
        this.position = position;
    }

    public long position() {
        return position;
    }
}
