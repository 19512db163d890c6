package eu.diplomatics.query.disclosure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Keeps so many of a number that is not known before, each with the same likelihood (J. S. Vitter, Random sampling with a reservoir,
 * 1985, algorithm R).
 */
final class Draw<T> {
    private final int size;
    private final LongUnaryOperator chance;
    private final List<T> drawn = new ArrayList<>();
    private long offered;

    /** @param chance a number from 0 up to the one that it is given, without that; which nobody can foresee where it matters who is not drawn */
    Draw(int size, LongUnaryOperator chance) {
        this.size = size;
        this.chance = chance;
    }

    void offer(T each) {
        offered++;
        if (drawn.size() < size) {
            drawn.add(each);
            return;
        }
        long place = chance.applyAsLong(offered);
        if (place < size) {
            drawn.set((int) place, each);
        }
    }

    long offered() {
        return offered;
    }

    /** In no order. */
    List<T> drawn() {
        return List.copyOf(drawn);
    }
}
