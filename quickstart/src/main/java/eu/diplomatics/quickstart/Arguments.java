package eu.diplomatics.quickstart;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a command: {@code --name value}, or {@code --name} alone for those that are only there or not. */
final class Arguments {
    private static final Set<String> FLAGS = Set.of("--json", "--detach", "--check");

    private final Map<String, String> options = new HashMap<>();

    Arguments(String[] arguments, int from) {
        for (int i = from; i < arguments.length; i++) {
            String name = arguments[i];
            if (FLAGS.contains(name)) {
                options.put(name, "true");
            } else if (name.startsWith("--") && i + 1 < arguments.length) {
                options.put(name, arguments[++i]);
            } else {
                throw new IllegalArgumentException("unknown option " + name);
            }
        }
    }

    boolean has(String name) {
        return options.containsKey(name);
    }

    String text(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    Path home() {
        return Path.of(options.getOrDefault("--home", ".dev"));
    }

    /** @throws IllegalArgumentException when it is not there */
    String text(String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    Path path(String name) {
        return Path.of(text(name)).toAbsolutePath();
    }

    long number(String name, long otherwise) {
        @Nullable String value = options.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " takes a number", e);
        }
    }
}
