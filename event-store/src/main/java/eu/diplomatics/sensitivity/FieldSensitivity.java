package eu.diplomatics.sensitivity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/**
 * The classes of all fields, from one table. Whoever gives fields away asks here: a mandate, an export, statistics. A
 * field that nobody classified is refused everywhere.
 */
public final class FieldSensitivity {
    private static final String TABLE = "sensitivity.txt";
    private static final FieldSensitivity SHIPPED = read();

    private final Map<String, Sensitivity> classes;

    private FieldSensitivity(Map<String, Sensitivity> classes) {
        this.classes = Collections.unmodifiableMap(classes);
    }

    /** The table that comes with the software. */
    public static FieldSensitivity table() {
        return SHIPPED;
    }

    private static FieldSensitivity read() {
        Map<String, Sensitivity> classes = new TreeMap<>();
        try (InputStream in = FieldSensitivity.class.getClassLoader().getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException(TABLE + " is not there");
            }
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> line.split("\\s+"))
                    .forEach(row -> {
                        if (classes.put(row[0], Sensitivity.valueOf(row[1])) != null) {
                            throw new IllegalStateException(TABLE + ": " + row[0] + " stands there twice");
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new FieldSensitivity(classes);
    }

    /**
     * The class of a field.
     *
     * @param field as a JSON pointer into a qualification's answer, without indices, such as {@code /basis/degree}, or as
     *     docs/classification.md names those of events ({@code /event/}) and counts ({@code /statistics/}); a part of a field, such as {@code /basis/fieldOfStudy/code}, has the class of the whole
     * @throws NoSuchElementException when neither it nor what it is part of was classified
     */
    public Sensitivity of(String field) {
        for (String each = field; !each.isEmpty(); each = each.substring(0, each.lastIndexOf('/'))) {
            Sensitivity known = classes.get(each);
            if (known != null) {
                return known;
            }
        }
        throw new NoSuchElementException("a field has no class of sensitivity");
    }

    /**
     * Those of the fields that may not be given to whom only fields up to a class are given, sorted; empty when all may. A
     * field that nobody classified may not. A field that is an object counts with all that is classified in it.
     */
    public List<String> above(Sensitivity highest, Collection<String> fields) {
        return fields.stream()
                .filter(field -> !within(highest, field))
                .sorted()
                .distinct()
                .toList();
    }

    private boolean within(Sensitivity highest, String field) {
        List<Sensitivity> parts = classes.entrySet().stream()
                .filter(each -> each.getKey().startsWith(field + "/"))
                .map(Map.Entry::getValue)
                .toList();
        if (parts.stream().anyMatch(part -> part.isAbove(highest))) {
            return false;
        }
        try {
            return !of(field).isAbove(highest);
        } catch (NoSuchElementException e) {
            return !parts.isEmpty();
        }
    }

    /** All that is classified, by field. */
    public Map<String, Sensitivity> classes() {
        return classes;
    }
}
