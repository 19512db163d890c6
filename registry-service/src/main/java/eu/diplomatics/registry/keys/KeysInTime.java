package eu.diplomatics.registry.keys;

import eu.diplomatics.golive.GoLiveCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Every type of key has a crypto-period, and none is past it (R16). */
final class KeysInTime implements GoLiveCondition {
    private final Supplier<List<KeyState>> keys;

    KeysInTime(Supplier<List<KeyState>> keys) {
        this.keys = keys;
    }

    @Override
    public String id() {
        return "keys-in-time";
    }

    @Override
    public String requirement() {
        return "R16";
    }

    @Override
    public Verdict check() {
        List<String> wrong = new ArrayList<>();
        for (KeyState key : keys.get()) {
            if (key.overdue()) {
                wrong.add(key.name() + " is overdue");
            } else if (key.period() == null) {
                wrong.add(key.name() + " has no crypto-period");
            }
        }
        return wrong.isEmpty()
                ? Verdict.green("every key is within its crypto-period")
                : Verdict.red(
                        String.join("; ", wrong),
                        "rotate what is overdue (./dev keys rotate, docs/runbooks/rotate-keys.md); give what has no"
                                + " crypto-period one (diplomatics.keys.periods.NAME)");
    }
}
