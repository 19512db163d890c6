package eu.diplomatics.generation;

import java.util.List;

/**
 * A part of the log, sealed anew.
 *
 * @param after the position before its first
 * @param ciphertexts of the positions that follow, without gap
 * @param leftOut how many of them are a mark in place of a ciphertext
 */
record Page(long after, List<byte[]> ciphertexts, int leftOut) {
    long last() {
        return after + ciphertexts.size();
    }

    boolean isEmpty() {
        return ciphertexts.isEmpty();
    }
}
