package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What controller or data-protection officer look for in the access log. Without a number the stretch of time is obligatory,
 * and bounded.
 *
 * @param insz whom was asked about
 * @param from not older
 * @param until older
 * @param agency who asked
 * @param limit shown at most
 * @param cursor {@code next} of the page before
 */
public record Search(
        @Nullable String insz,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable String agency,
        @Nullable String purpose,
        int limit,
        @Nullable String cursor) {
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final Pattern AGENCY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern PURPOSE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");

    public Search {
        if (agency != null && !AGENCY.matcher(agency).matches()) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/agency", "The id by which an agency calls.");
        }
        if (purpose != null && !PURPOSE.matcher(purpose).matches()) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/purpose", "A code as mandates name it.");
        }
        if (from != null && until != null && !from.isBefore(until)) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/until", "A stretch of time ends after it begins.");
        }
        if (insz == null) {
            if (from == null || until == null) {
                throw ProblemException.at(
                        ProblemCode.FIELD_REQUIRED,
                        from == null ? "/from" : "/until",
                        "Name a person, or a stretch of time.");
            }
            if (from.plus(LONGEST).isBefore(until)) {
                throw ProblemException.at(ProblemCode.MALFORMED, "/until", "Without a person, 31 days at most.");
            }
        }
    }

    boolean fits(Access access) {
        return (agency == null || access.caller().equals("AGENCY:" + agency))
                && (purpose == null || purpose.equals(access.purpose()));
    }

    /** As the access log keeps it: what was looked for beside the person, who is the row's subject. */
    @Nullable
    String words() {
        String words = (from == null ? "" : "from=" + from + " ")
                + (until == null ? "" : "until=" + until + " ")
                + (agency == null ? "" : "agency=" + agency + " ")
                + (purpose == null ? "" : "purpose=" + purpose);
        return words.isEmpty() ? null : words.strip();
    }

    @Override
    public String toString() {
        return "Search[redacted]";
    }
}
