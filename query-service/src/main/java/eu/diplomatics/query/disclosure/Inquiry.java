package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.XRoad;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.caller.Purpose;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who asks, why, under which trace id, what of an answer is theirs to see, and what X-Road says where it came through that. */
public record Inquiry(
        Caller caller, Optional<Purpose> purpose, String traceId, Extract extract, Optional<XRoad> xRoad) {
    public Inquiry(Caller caller, Optional<Purpose> purpose, String traceId, Extract extract) {
        this(caller, purpose, traceId, extract, Optional.empty());
    }

    public Inquiry(Caller caller, Optional<Purpose> purpose, String traceId, Optional<XRoad> xRoad) {
        this(caller, purpose, traceId, Extract.EVERYTHING, xRoad);
    }

    /**
     * What of the records found is answered: applied before the access is logged, so that the log says what was disclosed.
     *
     * @param categories of the records answered; empty for all
     * @param atMost how many are answered: those in force first, the latest award first
     */
    public record Extract(Set<String> categories, int atMost) {
        /** All of them, by their references. */
        public static final Extract EVERYTHING = new Extract(Set.of(), Integer.MAX_VALUE);

        public Extract {
            categories = Set.copyOf(categories);
        }

        /** What is left, and what was left out for which reason. */
        record Left(List<QualificationAnswer> answers, int filtered, int beyond) {}

        Left of(List<QualificationAnswer> found) {
            if (equals(EVERYTHING)) {
                return new Left(found, 0, 0);
            }
            List<QualificationAnswer> theirs =
                    found.stream().filter(this::shows).toList();
            List<QualificationAnswer> first = theirs.stream()
                    .sorted(Comparator.comparing(QualificationAnswer::state)
                            .thenComparing(Extract::awardedOn, Comparator.reverseOrder())
                            .thenComparing(QualificationAnswer::reference))
                    .limit(atMost)
                    .toList();
            return new Left(first, found.size() - theirs.size(), theirs.size() - first.size());
        }

        private boolean shows(QualificationAnswer answer) {
            var basis = answer.basis();
            return basis == null
                    || categories.isEmpty()
                    || categories.contains(basis.content().category());
        }

        private static String awardedOn(QualificationAnswer answer) {
            var basis = answer.basis();
            return basis == null ? "" : basis.content().awardedOn().toString();
        }
    }
}
