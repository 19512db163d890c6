package eu.diplomatics.backup.place;

import java.io.IOException;

/** A place that does not do what a place has to do, or may not be used so; trying again does not help. */
public final class PlaceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String hint;

    public PlaceException(String message) {
        this(message, "the place cannot be used as it is; the generations that count are as they were");
    }

    /** @param hint what to do next */
    public PlaceException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    public String hint() {
        return hint;
    }
}
