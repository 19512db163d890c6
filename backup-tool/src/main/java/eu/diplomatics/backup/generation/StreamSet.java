package eu.diplomatics.backup.generation;

import java.nio.ByteBuffer;

/**
 * Ids of streams, of which there are as many as records: 8 bytes of each, hashed, in 10 to 15 bytes of memory, and 25 while
 * it grows. Ids are random: among 16 million one that is not here passes for one that is with a chance of 2<sup>-40</sup>.
 */
final class StreamSet {
    private static final double FULL = 0.8;
    private static final double GROWTH = 1.5;

    /** Empty where 0. */
    private long[] slots = new long[1 << 10];

    private int size;

    /** @param id 16 bytes from its position on */
    void add(ByteBuffer id) {
        if (size >= FULL * slots.length) {
            grow();
        }
        put(hash(id));
    }

    boolean has(ByteBuffer id) {
        long hash = hash(id);
        return slots[slot(hash)] == hash;
    }

    private void put(long hash) {
        int at = slot(hash);
        if (slots[at] == 0) {
            slots[at] = hash;
            size++;
        }
    }

    private void grow() {
        long[] before = slots;
        slots = new long[Math.toIntExact((long) (before.length * GROWTH))];
        size = 0;
        for (long hash : before) {
            if (hash != 0) {
                put(hash);
            }
        }
    }

    /** Where it is, or would be. */
    private int slot(long hash) {
        int at = (int) Math.unsignedMultiplyHigh(hash, slots.length);
        while (slots[at] != hash && slots[at] != 0) {
            at = at + 1 == slots.length ? 0 : at + 1;
        }
        return at;
    }

    /** As in SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), of which nothing here depends but how evenly it spreads. */
    private static long hash(ByteBuffer id) {
        long hash = mixed(mixed(id.getLong()) ^ id.getLong());
        return hash == 0 ? 1 : hash;
    }

    private static long mixed(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
