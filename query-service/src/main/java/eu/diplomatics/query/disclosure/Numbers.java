package eu.diplomatics.query.disclosure;

import eu.diplomatics.golive.GoLive;
import eu.diplomatics.qualification.AcceptedNumbers;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** National numbers as far as they may be asked about here. */
@Component
final class Numbers {
    private final GoLive goLive;
    private final boolean testNumbers;

    Numbers(GoLive goLive, @Value("${diplomatics.test-numbers:false}") boolean testNumbers) {
        this.goLive = goLive;
        this.testNumbers = testNumbers;
    }

    /** A number that stands at {@code /insz} of a request. */
    Checked<Insz> parse(String number) {
        return Insz.parse(number, new AcceptedNumbers(testNumbers, goLive.red()), "/insz");
    }

    /**
     * The number by which a citizen calls.
     *
     * @throws ProblemException when it is none, or may not be taken yet
     */
    Insz of(Caller citizen) {
        return switch (Insz.parse(citizen.id(), new AcceptedNumbers(true, goLive.red()), "")) {
            case Checked.Valid<Insz>(Insz insz) -> insz;
            case Checked.Invalid<Insz> invalid -> {
                Rejection rejection = invalid.rejections().getFirst();
                // not even its pseudonym is made, so there is no row that could name it
                throw rejection.code() == RejectionCode.GO_LIVE_BLOCKED
                        ? ProblemException.of(ProblemCode.GO_LIVE_BLOCKED, rejection.message() + ".")
                        : ProblemException.of(
                                ProblemCode.UNAUTHENTICATED, "A citizen is known by their national number.");
            }
        };
    }
}
