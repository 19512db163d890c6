package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.disclosure.Entitlement.Operation;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What all rows of one request share.
 *
 * @param allowance under which it is answered; everything until that is known, when nothing is answered yet
 * @param question in words of the contract, where an operation alone does not say it
 */
record Entry(
        Inquiry inquiry,
        Operation operation,
        @Nullable Instant asOf,
        Allowance allowance,
        @Nullable String question) {
    static Entry of(Inquiry inquiry, Operation operation, @Nullable Instant asOf) {
        return new Entry(inquiry, operation, asOf, Allowance.EVERYTHING, null);
    }

    Entry asking(String words) {
        return new Entry(inquiry, operation, asOf, allowance, words);
    }

    Entry under(Allowance given) {
        return new Entry(inquiry, operation, asOf, given, question);
    }

    /** A citizen's id is their number, which stands nowhere: what they are answered is about themselves. */
    String who() {
        Caller caller = inquiry.caller();
        return caller.role() == Caller.Role.CITIZEN ? "CITIZEN" : caller.role() + ":" + caller.id();
    }

    Access access(byte @Nullable [] subject, String outcome, List<Access.Disclosed> disclosed) {
        return access(who(), subject, outcome, disclosed);
    }

    Access access(String who, byte @Nullable [] subject, String outcome, List<Access.Disclosed> disclosed) {
        Granted mandate = allowance.mandate();
        return new Access(
                UUID.randomUUID(),
                subject,
                who,
                inquiry.purpose().map(purpose -> purpose.code()).orElse(null),
                inquiry.purpose().map(purpose -> purpose.caseReference()).orElse(null),
                inquiry.purpose().map(purpose -> purpose.endUser()).orElse(null),
                mandate == null ? null : mandate.version(),
                operation.name(),
                question,
                outcome,
                asOf == null ? null : asOf.toString(),
                disclosed,
                inquiry.traceId(),
                inquiry.xRoad().orElse(null));
    }
}
