package eu.diplomatics.custodian;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The options of one command: {@code --name value}, some of them more than once. */
final class Options {
    private final Map<String, List<String>> values;

    private Options(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * @param repeated those that may stand more than once
     * @throws UsageException when one is unknown, missing, without value or there twice
     */
    static Options parse(
            String command, List<String> arguments, Set<String> required, Set<String> known, Set<String> repeated) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i);
            if (!required.contains(name) && !known.contains(name) && !repeated.contains(name)) {
                throw new UsageException(command, "has no option of this name");
            }
            if (i + 1 == arguments.size() || arguments.get(i + 1).startsWith("--")) {
                throw new UsageException(command, "needs a value after " + name);
            }
            List<String> those = values.computeIfAbsent(name, any -> new ArrayList<>());
            if (!those.isEmpty() && !repeated.contains(name)) {
                throw new UsageException(command, "takes " + name + " once");
            }
            those.add(arguments.get(i + 1));
        }
        for (String name : required) {
            if (!values.containsKey(name)) {
                throw new UsageException(command, "needs " + name);
            }
        }
        return new Options(values);
    }

    String one(String name) {
        return find(name).orElseThrow();
    }

    Optional<String> find(String name) {
        return all(name).stream().findFirst();
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }
}
