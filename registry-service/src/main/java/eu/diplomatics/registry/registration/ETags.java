package eu.diplomatics.registry.registration;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Versions of a qualification or of reference data as strong entity tags (RFC 9110). */
public final class ETags {
    private static final Pattern VERSION = Pattern.compile("\"([1-9][0-9]{0,17})\"");
    private static final String PLACE = "header/If-Match";

    private ETags() {}

    /** The version as a tag. */
    public static String of(long version) {
        return '"' + Long.toString(version) + '"';
    }

    /** The version in {@code If-Match}: exactly one, since a correction builds on what its author has seen. */
    public static long required(@Nullable String ifMatch) {
        if (ifMatch == null) {
            throw ProblemException.at(
                    ProblemCode.VERSION_REQUIRED, PLACE, "Send the version the correction builds on, in quotes.");
        }
        Matcher matcher = VERSION.matcher(ifMatch.strip());
        if (!matcher.matches()) {
            throw ProblemException.at(ProblemCode.MALFORMED, PLACE, "One version in quotes is expected.");
        }
        return Long.parseLong(matcher.group(1));
    }
}
