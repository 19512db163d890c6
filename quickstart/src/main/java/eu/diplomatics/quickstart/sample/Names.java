package eu.diplomatics.quickstart.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The lists of names. The more frequent come first in each, so that the front is picked more often. */
final class Names {
    private final Map<String, List<String>> lists = new HashMap<>();
    private final List<Roots> roots = new ArrayList<>();

    /** Where a family came from: country and language of the diplomas its members may bring. */
    record Roots(String country, String language, List<String> women, List<String> men, List<String> families) {}

    static Names load() {
        Names names = new Names();
        lines("names.txt").forEach(names::add);
        return names;
    }

    static Stream<String> lines(String resource) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Names.class.getResourceAsStream("/sample/" + resource)),
                StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String line) {
        int colon = line.indexOf(':');
        String key = line.substring(0, colon);
        List<List<String>> groups = Stream.of(line.substring(colon + 1).split("\\|"))
                .map(group -> Stream.of(group.split(",")).map(String::strip).toList())
                .toList();
        if (key.startsWith("roots ")) {
            String[] parts = key.split(" ");
            roots.add(new Roots(parts[1], parts[2], groups.get(0), groups.get(1), groups.get(2)));
        } else {
            lists.put(key, groups.getFirst());
        }
    }

    Roots roots(SplittableRandom random) {
        return pick(roots, random);
    }

    String given(boolean woman, int year, SplittableRandom random) {
        String key = (woman ? "women-" : "men-") + (year < 1985 ? "before-1985" : "from-1985");
        return pick(Objects.requireNonNull(lists.get(key)), random);
    }

    String family(SplittableRandom random) {
        return pick(Objects.requireNonNull(lists.get("family")), random);
    }

    /** One of a list, those in front more often. */
    static <T> T pick(List<T> list, SplittableRandom random) {
        double u = random.nextDouble();
        return list.get((int) (list.size() * u * Math.sqrt(u)));
    }
}
