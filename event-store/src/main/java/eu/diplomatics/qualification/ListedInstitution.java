package eu.diplomatics.qualification;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the controller says of an institution.
 *
 * @param number of the institution, digits
 * @param type the kind of body, one of the taxonomy's awarding bodies
 * @param municipality null where it has none
 * @param suppliers ids of those who register for it; none where nobody does, as for one that was closed
 */
public record ListedInstitution(
        String number, String name, String type, @Nullable String municipality, List<String> suppliers) {
    public ListedInstitution {
        Stream.of(number, name, type).forEach(Objects::requireNonNull);
        suppliers = List.copyOf(suppliers);
    }

    @Override
    public String toString() {
        return "ListedInstitution[redacted]";
    }
}
