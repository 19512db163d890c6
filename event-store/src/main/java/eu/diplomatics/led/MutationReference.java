package eu.diplomatics.led;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One version of a record as a mutation reference [bewijsmutatiereferte]: the reference without hyphens, a hyphen, and the
 * version in base 36; at most 36 characters.
 */
public record MutationReference(UUID reference, long version) {
    private static final Pattern SHAPE = Pattern.compile("([0-9a-f]{32})-([0-9a-z]{1,3})");
    private static final int BASE = 36;

    public static Optional<MutationReference> parse(String text) {
        Matcher matcher = SHAPE.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String hex = matcher.group(1);
        return Optional.of(new MutationReference(
                new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16)),
                Long.parseLong(matcher.group(2), BASE)));
    }

    @Override
    public String toString() {
        return reference.toString().replace("-", "") + "-" + Long.toString(version, BASE);
    }
}
