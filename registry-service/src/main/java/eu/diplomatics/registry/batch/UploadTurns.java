package eu.diplomatics.registry.batch;

import java.util.HashMap;
import java.util.Map;

/** Who may send a file now: some at once, and of one supplier fewer, so that none keeps the others waiting. */
final class UploadTurns {
    private final int all;
    private final int each;
    private final Map<String, Integer> held = new HashMap<>();
    private int taken;

    UploadTurns(int all, int each) {
        this.all = all;
        this.each = each;
    }

    synchronized boolean take(String supplier) {
        if (taken == all || held.getOrDefault(supplier, 0) == each) {
            return false;
        }
        taken++;
        held.merge(supplier, 1, Integer::sum);
        return true;
    }

    synchronized void giveBack(String supplier) {
        taken--;
        held.computeIfPresent(supplier, (any, count) -> count == 1 ? null : count - 1);
    }
}
