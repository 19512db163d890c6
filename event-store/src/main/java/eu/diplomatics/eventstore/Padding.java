package eu.diplomatics.eventstore;

/** Sizes a plaintext may have: a ciphertext tells its class, not its length. */
final class Padding {
    private static final int[] CLASSES = {512, 1024, 2048};
    private static final int STEP = 4096;

    private Padding() {}

    /** The smallest class that holds {@code length} bytes: 512, 1024, 2048, 4096, then every 4096. */
    static int paddedLength(int length) {
        for (int size : CLASSES) {
            if (length <= size) {
                return size;
            }
        }
        return Math.multiplyExact(Math.ceilDiv(length, STEP), STEP);
    }
}
