package eu.diplomatics.generation;

/**
 * A part of the log, sealed anew.
 *
 * @param after the position before its first
 * @param last the position of its last; {@code after} where there is nothing more
 * @param rows of the positions between, without gap
 * @param leftOut how many of them are a mark in place of a ciphertext
 */
record Page(long after, long last, CopyRows rows, long leftOut) {
    boolean isEmpty() {
        return last == after;
    }
}
