package eu.diplomatics.backup.place;

import java.io.IOException;

/** A place that does not do what a place has to do; trying again does not help. */
public final class PlaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public PlaceException(String message) {
        super(message);
    }
}
