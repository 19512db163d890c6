package eu.diplomatics.backup.place;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Where backups are kept. Objects have names of parts between slashes, as {@link ObjectNames} allows them. What was put is
 * never changed: an object is there whole or not at all.
 */
public interface Place {
    /** What to call it in a message; no credential is part of it. */
    String name();

    /** A folder in which a file can be made that {@link #put} takes at little cost. */
    Path spool() throws IOException;

    /** All objects whose names begin so, by name. */
    List<PlacedObject> list(String prefix) throws IOException;

    /** An object from its beginning; throws {@link java.nio.file.NoSuchFileException} where there is none. */
    InputStream open(String name) throws IOException;

    /**
     * Takes a file of the {@link #spool}, which is gone then, under a name that nothing has. It is durable when this
     * returns, and was read back and found to have this digest.
     *
     * @param sha256 of the file
     * @throws PlaceException when the place does not give back what it was given, or has the name already
     */
    void put(String name, Path file, byte[] sha256) throws IOException;

    /** Makes an object, or puts another in its place: whoever reads sees the old or the new, never half of one. */
    void replace(String name, byte[] content) throws IOException;

    /** Removes an object; nothing happens where there is none. */
    void delete(String name) throws IOException;

    /** @param bytes its length */
    record PlacedObject(String name, long bytes) {}
}
