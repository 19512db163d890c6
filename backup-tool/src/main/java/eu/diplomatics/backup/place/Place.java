package eu.diplomatics.backup.place;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * Where backups are kept. Objects have names of parts between slashes, as {@link ObjectNames} allows them. What was put is
 * never changed: an object is there whole or not at all.
 */
public interface Place extends Closeable {
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

    /**
     * As {@link #put}, where who calls it reads all of it back before anything counts on it. A place that is at the other
     * end of a network reads it back all the same: an answer that was lost may be of one that was taken.
     */
    default void keep(String name, Path file, byte[] sha256) throws IOException {
        put(name, file, sha256);
    }

    /** Whether it can be read from while something is put. */
    default boolean isReadBesidePut() {
        return false;
    }

    /** Makes an object, or puts another in its place: whoever reads sees the old or the new, never half of one. */
    void replace(String name, byte[] content) throws IOException;

    /** Removes an object; nothing happens where there is none. */
    void delete(String name) throws IOException;

    /**
     * Tries what it does, by name; empty where there is nothing to find out. Leaves nothing behind.
     *
     * @throws PlaceException when it cannot be used, such as one that locks what it is given for too long
     */
    default SortedMap<String, String> probe() throws IOException {
        return Collections.emptySortedMap();
    }

    /** Removes what an interrupted {@link #put} left beside the objects, unless it is so new that somebody may be at it. */
    default void tidy(Instant now) throws IOException {}

    @Override
    default void close() throws IOException {}

    /** @param bytes its length */
    record PlacedObject(String name, long bytes) {}
}
