package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.query.disclosure.Answers.Part;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import eu.diplomatics.query.disclosure.Answers.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes out of an answer what the mandate does not name (R24), the same on every path (L04). Reference, version, state and since when it is disputed stay. */
final class Minimal {
    private Minimal() {}

    static List<QualificationAnswer> answers(List<QualificationAnswer> full, Allowance allowance) {
        return allowance.mandate() == null
                ? full
                : full.stream().map(answer -> answer(answer, allowance)).toList();
    }

    static QualificationAnswer answer(QualificationAnswer full, Allowance allowance) {
        if (allowance.mandate() == null) {
            return full;
        }
        return new QualificationAnswer(
                full.reference(),
                full.version(),
                full.modifiedAt(),
                full.state(),
                allowance.only("annulment", full.annulment()),
                full.disputedSince(),
                allowance.only("dispute", full.dispute()),
                allowance.only("supplier", full.supplier()),
                allowance.only("supplierReference", full.supplierReference()),
                allowance.only("holder", full.holder()),
                allowance.only("link", full.link()),
                part("basis", full.basis(), allowance),
                part("derived", full.derived(), allowance),
                allowance.only("unlisted", full.unlisted()),
                allowance.only("shredded", full.shredded()),
                allowance.only("shredded", full.holderShredded()));
    }

    static List<Version> versions(List<Version> full, Allowance allowance) {
        return allowance.mandate() == null
                ? full
                : full.stream().map(version -> version(version, allowance)).toList();
    }

    private static Version version(Version full, Allowance allowance) {
        Part<Basis> basis = part("basis", full.basis(), allowance);
        // what a person wrote when they disputed is given to whom disputes are, in the history too
        boolean why = !Views.isDispute(full.type()) || allowance.names("dispute");
        return new Version(
                full.version(),
                full.recordedAt(),
                full.type(),
                allowance.only("history", full.by()),
                allowance.only("history", why ? full.reason() : null),
                allowance.only("history", why ? full.reasonCode() : null),
                basis);
    }

    private static <T> @Nullable Part<T> part(String name, @Nullable Part<T> full, Allowance allowance) {
        return full == null ? null : allowance.part(name, full.content());
    }
}
