package eu.diplomatics.vault;

/**
 * A header names another holder than the sealed content: someone moved a record to another person. Never answer with
 * it, never retry; raise an alarm.
 */
public final class HolderMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long position;

    public HolderMismatchException(long position) {
        super("the holder in the header is not the one in the content, at position " + position);
        this.position = position;
    }

    public long position() {
        return position;
    }
}
