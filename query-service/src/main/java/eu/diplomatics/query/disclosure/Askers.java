package eu.diplomatics.query.disclosure;

import eu.diplomatics.access.Delegation;
import eu.diplomatics.golive.GoLive;
import eu.diplomatics.qualification.AcceptedNumbers;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.disclosure.Entitlement.Operation;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How the log names who asks, where that is a person: never by their number. */
@Component
final class Askers {
    private final NumberIndex index;
    private final GoLive goLive;

    Askers(NumberIndex index, GoLive goLive) {
        this.index = index;
        this.goLive = goLive;
    }

    /** A delegate's rows say who asked, answered or not: they are about somebody else. */
    Entry entry(Inquiry inquiry, Operation operation, @Nullable Instant asOf) {
        Entry entry = Entry.of(inquiry, operation, asOf);
        Caller caller = inquiry.caller();
        Delegation delegation = caller.delegation();
        return delegation == null ? entry : entry.by(caller.role() + ":" + delegation.kind() + ":" + pseudonym(caller));
    }

    /** The row of a refusal says who asked also where that is a citizen, whom no subject tells here. */
    String inRefusal(Entry entry) {
        Caller caller = entry.inquiry().caller();
        return caller.role() == Caller.Role.CITIZEN ? entry.who() + ":" + pseudonym(caller) : entry.who();
    }

    private String pseudonym(Caller person) {
        return HexFormat.of().formatHex(index.subject(number(person)));
    }

    private Insz number(Caller person) {
        return switch (Insz.parse(person.id(), new AcceptedNumbers(true, goLive.red()), "")) {
            case Checked.Valid<Insz>(Insz insz) -> insz;
            case Checked.Invalid<Insz> invalid
            when invalid.rejections().getFirst().code() == RejectionCode.GO_LIVE_BLOCKED ->
                // not even its pseudonym is made, so there is no row that could name it
                throw ProblemException.of(
                        ProblemCode.GO_LIVE_BLOCKED,
                        invalid.rejections().getFirst().message() + ".");
            case Checked.Invalid<Insz> invalid ->
                throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "A person is known by their national number.");
        };
    }
}
