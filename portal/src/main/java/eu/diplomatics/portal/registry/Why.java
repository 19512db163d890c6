package eu.diplomatics.portal.registry;

import eu.diplomatics.portal.signin.SignedIn;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody asks, as the access log keeps it (R05).
 *
 * @param endUser who asks: by whom the provider says that signed in, so that nobody states another
 */
public record Why(String purpose, String caseReference, String endUser) {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");
    private static final Pattern REFERENCE = Pattern.compile("[!-~](?:[ -~]{0,126}[!-~])?");
    private static final int BAD_REQUEST = 400;

    /** What people ask about themselves is logged too, under this purpose. */
    static final Why OWN = new Why("own-data", "portal", "self");

    /** So is what a delegate asks; the row says by pseudonym who it was. */
    static final Why FOR_ANOTHER = new Why("representation", "portal", "delegate");

    /**
     * What somebody stated on a form.
     *
     * @throws RefusedException {@code PURPOSE_REQUIRED} when something is missing or has other signs than the log takes
     */
    public static Why stated(@Nullable String purpose, @Nullable String caseReference, SignedIn visitor) {
        String code = purpose == null ? "" : purpose.strip();
        String reference = caseReference == null ? "" : caseReference.strip();
        if (!CODE.matcher(code).matches()) {
            throw new RefusedException(new Refusal(BAD_REQUEST, "PURPOSE_REQUIRED", "purpose"));
        }
        if (!REFERENCE.matcher(reference).matches()
                || !REFERENCE.matcher(visitor.user()).matches()) {
            throw new RefusedException(new Refusal(BAD_REQUEST, "PURPOSE_REQUIRED", "case"));
        }
        return new Why(code, reference, visitor.user());
    }

    Map<String, String> headers() {
        return Map.of("X-Purpose", purpose, "X-Case", caseReference, "X-End-User", endUser);
    }

    @Override
    public String toString() {
        return "Why[redacted]";
    }
}
