package eu.diplomatics.quickstart.sample;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** What can be studied, by kind of programme, with how often it is. */
final class Programmes {
    private final Map<String, List<Programme>> byKind = new HashMap<>();
    private final Map<String, Integer> weights = new HashMap<>();

    /** @param further what the kind of programme needs besides: a code, hours, or the addition to a degree's title */
    record Programme(String subject, String name, String further, int weight) {}

    static Programmes load() {
        Programmes programmes = new Programmes();
        Names.lines("programmes.tsv").forEach(line -> {
            String[] cells = line.split("\t", -1);
            programmes.add(cells[0], new Programme(cells[1], cells[2], cells[3], Integer.parseInt(cells[4])));
        });
        return programmes;
    }

    private void add(String kind, Programme programme) {
        byKind.computeIfAbsent(kind, k -> new ArrayList<>()).add(programme);
        weights.merge(kind, programme.weight(), Integer::sum);
    }

    Programme pick(String kind, SplittableRandom random) {
        int left = random.nextInt(Objects.requireNonNull(weights.get(kind)));
        List<Programme> programmes = Objects.requireNonNull(byKind.get(kind));
        for (Programme programme : programmes) {
            left -= programme.weight();
            if (left < 0) {
                return programme;
            }
        }
        throw new IllegalStateException("weights of " + kind);
    }
}
