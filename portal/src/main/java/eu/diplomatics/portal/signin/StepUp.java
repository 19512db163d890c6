package eu.diplomatics.portal.signin;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How somebody has to sign in again for what they asked (RFC 9470).
 *
 * @param maxAge seconds since they signed in, at most; null where the service does not say
 * @param acr how, any of these; empty for the way in which everybody signs in
 */
public record StepUp(@Nullable Integer maxAge, List<String> acr) {
    private static final Pattern MAX_AGE = Pattern.compile("(?:^|[ ,])max_age=\"?(\\d{1,8})(?!\\d)");
    private static final Pattern ACR = Pattern.compile("(?:^|[ ,])acr_values=\"([!#-\\[\\]-~ ]{1,256})\"");

    public StepUp {
        acr = List.copyOf(acr);
    }

    /** What the header {@code WWW-Authenticate} of a service says. */
    public static StepUp of(String challenge) {
        Matcher age = MAX_AGE.matcher(challenge);
        Matcher acr = ACR.matcher(challenge);
        return new StepUp(
                age.find() ? Integer.valueOf(age.group(1)) : null,
                acr.find() ? List.of(acr.group(1).strip().split(" +")) : List.of());
    }
}
