package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.query.disclosure.Answers.Part;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an answer may hold.
 *
 * @param mandate whose fields it is; null for whom no mandate bounds: the controller, a citizen about themselves, a supplier
 *     about what it registered
 */
record Allowance(@Nullable Granted mandate) {
    static final Allowance EVERYTHING = new Allowance(null);

    boolean names(String field) {
        return mandate == null || mandate.terms().fields().contains(field);
    }

    /** What is named of an object's members, or null when nothing is. */
    <T> @Nullable Part<T> part(String name, T content) {
        if (names(name)) {
            return new Part<>(content, null);
        }
        Set<String> members = mandate == null
                ? Set.of()
                : mandate.terms().fields().stream()
                        .filter(field -> field.startsWith(name + "."))
                        .map(field -> field.substring(name.length() + 1))
                        .collect(Collectors.toUnmodifiableSet());
        return members.isEmpty() ? null : new Part<>(content, members);
    }

    <T> @Nullable T only(String field, @Nullable T value) {
        return names(field) ? value : null;
    }
}
