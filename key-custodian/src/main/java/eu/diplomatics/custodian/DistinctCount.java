package eu.diplomatics.custodian;

import java.nio.ByteBuffer;

/**
 * About how many different values there were, without keeping any: HyperLogLog, of which each register holds only how many
 * zeros a digest began with. Given digests that the client cannot foresee, so that it cannot choose values that
 * count as one. The error is about 2 %.
 */
final class DistinctCount {
    private static final int BITS = 12;
    private static final int REGISTERS = 1 << BITS;
    private static final double ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

    private final byte[] registers = new byte[REGISTERS];

    void add(byte[] digest) {
        long bits = ByteBuffer.wrap(digest).getLong();
        int register = (int) (bits >>> (Long.SIZE - BITS));
        byte rank = (byte) (Long.numberOfLeadingZeros((bits << BITS) | (1L << (BITS - 1))) + 1);
        if (rank > registers[register]) {
            registers[register] = rank;
        }
    }

    long estimate() {
        double sum = 0;
        int empty = 0;
        for (byte register : registers) {
            sum += Math.pow(2, -register);
            if (register == 0) {
                empty++;
            }
        }
        double raw = ALPHA * REGISTERS * REGISTERS / sum;
        // few values: how many registers are still empty tells more
        return Math.round(raw <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log((double) REGISTERS / empty) : raw);
    }
}
