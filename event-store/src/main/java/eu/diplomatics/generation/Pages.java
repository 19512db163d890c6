package eu.diplomatics.generation;

/** Pages that are read and sealed, in order; an empty one is the end. */
interface Pages extends AutoCloseable {
    Page next();

    @Override
    void close();
}
