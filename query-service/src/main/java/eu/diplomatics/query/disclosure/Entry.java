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
 * @param who asked. A citizen's number stands nowhere: what they are answered is about themselves
 */
record Entry(
        Inquiry inquiry,
        Operation operation,
        @Nullable Instant asOf,
        Allowance allowance,
        @Nullable String question,
        String who) {
    static Entry of(Inquiry inquiry, Operation operation, @Nullable Instant asOf) {
        Caller caller = inquiry.caller();
        String who = caller.role() == Caller.Role.CITIZEN ? "CITIZEN" : caller.role() + ":" + caller.id();
        return new Entry(inquiry, operation, asOf, Allowance.EVERYTHING, null, who);
    }

    Entry asking(String words) {
        return new Entry(inquiry, operation, asOf, allowance, words, who);
    }

    Entry under(Allowance given) {
        return new Entry(inquiry, operation, asOf, given, question, who);
    }

    Entry by(String whom) {
        return new Entry(inquiry, operation, asOf, allowance, question, whom);
    }

    Access access(byte @Nullable [] subject, String outcome, List<Access.Disclosed> disclosed) {
        return access(who, subject, outcome, disclosed);
    }

    Access access(String by, byte @Nullable [] subject, String outcome, List<Access.Disclosed> disclosed) {
        Granted mandate = allowance.mandate();
        return new Access(
                UUID.randomUUID(),
                subject,
                by,
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
