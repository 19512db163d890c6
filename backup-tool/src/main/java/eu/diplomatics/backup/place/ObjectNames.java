package eu.diplomatics.backup.place;

import java.util.regex.Pattern;

/** Names of objects: parts of small letters, digits, dots and hyphens, none of which begins with a dot. */
final class ObjectNames {
    private static final Pattern PART = Pattern.compile("[a-z0-9][a-z0-9.-]{0,127}");
    private static final int MOST_PARTS = 8;

    private ObjectNames() {}

    /**
     * The name itself.
     *
     * @throws IllegalArgumentException when it is none: what comes from a manifest never leads out of the place
     */
    static String check(String name) {
        String[] parts = name.split("/", -1);
        for (String part : parts) {
            if (!PART.matcher(part).matches()) {
                throw new IllegalArgumentException("no name of an object");
            }
        }
        if (parts.length > MOST_PARTS) {
            throw new IllegalArgumentException("no name of an object: too many parts");
        }
        return name;
    }
}
