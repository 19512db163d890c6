package eu.diplomatics.qualification;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the controller says of a supplier [leverancier].
 *
 * @param id lower-case letters, digits and hyphens
 * @param name as people and the LED know it
 * @param legacyWide whether it may register legacy records of institutions that are not listed
 */
public record SupplierTerms(String id, String name, boolean legacyWide) {
    private static final Pattern ID = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?");

    public SupplierTerms {
        Stream.of(id, name).forEach(Objects::requireNonNull);
    }

    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** The id of a sector by its name, as in the LED; an id is its own. */
    public static String idOf(String idOrName) {
        return idOrName.strip().toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    @Override
    public String toString() {
        return "SupplierTerms[redacted]";
    }
}
