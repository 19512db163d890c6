package eu.diplomatics.query.caller;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Why a caller asks. A code and two references, bounded in alphabet and length: free text never decides.
 *
 * @param code of the purpose, as the caller's mandate names it
 * @param caseReference the caller's own case
 * @param endUser the caller's own reference of the person behind the request
 */
public record Purpose(String code, String caseReference, String endUser) {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");
    private static final Pattern REFERENCE = Pattern.compile("[!-~](?:[ -~]{0,126}[!-~])?");

    /** The three headers; empty when one is missing or outside its alphabet. */
    public static Optional<Purpose> of(HttpServletRequest request) {
        String code = request.getHeader("X-Purpose");
        String caseReference = request.getHeader("X-Case");
        String endUser = request.getHeader("X-End-User");
        return code == null || caseReference == null || endUser == null
                ? Optional.empty()
                : of(code, caseReference, endUser);
    }

    /** Of what another format brought; empty when one is outside its alphabet. */
    public static Optional<Purpose> of(String code, String caseReference, String endUser) {
        boolean bounded = CODE.matcher(code).matches()
                && REFERENCE.matcher(caseReference).matches()
                && REFERENCE.matcher(endUser).matches();
        return bounded ? Optional.of(new Purpose(code, caseReference, endUser)) : Optional.empty();
    }

    @Override
    public String toString() {
        return "Purpose[redacted]";
    }
}
