package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.query.accesslog.Access;
import eu.diplomatics.query.accesslog.AccessLog;
import eu.diplomatics.query.accesslog.AccessSeal;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.disclosure.Answers.Batch;
import eu.diplomatics.query.disclosure.Answers.Consultation;
import eu.diplomatics.query.disclosure.Answers.History;
import eu.diplomatics.query.disclosure.Answers.Item;
import eu.diplomatics.query.disclosure.Answers.One;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import eu.diplomatics.query.disclosure.Answers.Status;
import eu.diplomatics.query.disclosure.Answers.Version;
import eu.diplomatics.query.disclosure.Entitlement.Operation;
import eu.diplomatics.query.disclosure.NumberIndex.Lead;
import eu.diplomatics.query.disclosure.Opener.Found;
import eu.diplomatics.query.disclosure.Opener.Opened;
import eu.diplomatics.query.disclosure.Opener.Person;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The one way out for opened data (L04). Whatever is answered, a hit, no hit or a refusal, its access is durable in the
 * log before this returns (R05); when the log does not take it there is no answer.
 */
@Component
public final class DisclosureGate {
    private static final Duration ALARM_RETRY = Duration.ofMinutes(1);

    private final NumberIndex index;
    private final Opener opener;
    private final AccessLog log;
    private final AccessSeal seal;
    private final Alarms alarms;
    private final boolean testNumbers;

    DisclosureGate(
            NumberIndex index,
            Opener opener,
            AccessLog log,
            AccessSeal seal,
            Alarms alarms,
            @Value("${diplomatics.test-numbers:false}") boolean testNumbers) {
        this.index = index;
        this.opener = opener;
        this.log = log;
        this.seal = seal;
        this.alarms = alarms;
        this.testNumbers = testNumbers;
    }

    /** Everything about the person with this number, as the registry knew it at {@code asOf} (now when null). */
    public Consultation consult(Inquiry inquiry, String number, @Nullable Instant asOf) {
        Entry entry = new Entry(inquiry, Operation.CONSULT, asOf);
        Insz insz = allowedNumber(entry, number);
        Lead lead = Objects.requireNonNull(index.find(List.of(insz)).get(insz));
        Opened opened = opener.holders(lead.holder().stream().toList());
        List<QualificationAnswer> found;
        try {
            found = about(insz, lead, opened, asOf);
        } catch (Mismatch mismatch) {
            alarms.indexMismatch(inquiry.traceId());
            log.write(List.of(entry.access(lead.subject(), ProblemCode.INDEX_MISMATCH.name(), List.of())));
            throw ProblemException.later(ProblemCode.INDEX_MISMATCH, "Operators have been told.", ALARM_RETRY);
        }
        Access access = entry.access(lead.subject(), status(found).name(), disclosed(found));
        log.write(List.of(access));
        return new Consultation(status(found), found, opened.freshAsOf(), access.id());
    }

    private Insz allowedNumber(Entry entry, String number) {
        Optional<ProblemCode> refusal = Entitlement.refusal(entry.inquiry(), entry.operation());
        if (refusal.isPresent()) {
            throw refused(entry, null, ProblemException.of(refusal.get(), "Nothing was disclosed."));
        }
        return switch (Insz.parse(number, testNumbers)) {
            case Checked.Valid<Insz>(Insz insz) -> {
                if (!Entitlement.mayAsk(entry.inquiry().caller(), insz.digits())) {
                    throw refused(
                            entry,
                            null,
                            ProblemException.of(ProblemCode.NOT_ALLOWED, "A citizen asks for themselves."));
                }
                yield insz;
            }
            case Checked.Invalid<Insz> invalid -> {
                ProblemCode code = ProblemCode.valueOf(code(invalid).name());
                throw refused(entry, null, ProblemException.at(code, "/insz", code.title() + "."));
            }
        };
    }

    /** As {@link #consult(Inquiry, String, Instant)} for several, each with its own row in the log. */
    public Batch consult(Inquiry inquiry, List<@Nullable String> numbers) {
        Entry entry = new Entry(inquiry, Operation.CONSULT_BATCH, null);
        Entitlement.refusal(inquiry, entry.operation()).ifPresent(code -> {
            throw refused(entry, null, ProblemException.of(code, "Nothing was disclosed."));
        });
        Map<Integer, Insz> valid = new LinkedHashMap<>();
        Map<Integer, RejectionCode> invalid = new LinkedHashMap<>();
        for (int i = 0; i < numbers.size(); i++) {
            String number = numbers.get(i);
            switch (number == null ? Checked.<Insz>invalid(RejectionCode.MALFORMED, "", "") : parse(number)) {
                case Checked.Valid<Insz>(Insz insz) -> valid.put(i, insz);
                case Checked.Invalid<Insz> wrong -> invalid.put(i, code(wrong));
            }
        }
        Map<Insz, Lead> leads = valid.isEmpty() ? Map.of() : index.find(List.copyOf(valid.values()));
        Opened opened = opener.holders(
                leads.values().stream().flatMap(lead -> lead.holder().stream()).toList());
        List<Item> items = new ArrayList<>();
        List<Access> accesses = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            Insz insz = valid.get(i);
            RejectionCode code = invalid.get(i);
            if (insz == null) {
                String name = String.valueOf(code);
                items.add(new Item(i, Status.INVALID, List.of(), name));
                accesses.add(entry.access(null, name, List.of()));
                continue;
            }
            Lead lead = Objects.requireNonNull(leads.get(insz));
            try {
                List<QualificationAnswer> found = about(insz, lead, opened, null);
                items.add(new Item(i, status(found), found, null));
                accesses.add(entry.access(lead.subject(), status(found).name(), disclosed(found)));
            } catch (Mismatch mismatch) {
                alarms.indexMismatch(inquiry.traceId());
                String name = ProblemCode.INDEX_MISMATCH.name();
                items.add(new Item(i, Status.INVALID, List.of(), name));
                accesses.add(entry.access(lead.subject(), name, List.of()));
            }
        }
        log.write(accesses);
        return new Batch(items, opened.freshAsOf());
    }

    private Checked<Insz> parse(String number) {
        return Insz.parse(number, testNumbers);
    }

    private static RejectionCode code(Checked.Invalid<Insz> invalid) {
        return invalid.rejections().getFirst().code();
    }

    /** One qualification by its reference. */
    public One read(Inquiry inquiry, UUID reference, @Nullable Instant asOf) {
        Entry entry = new Entry(inquiry, Operation.READ, asOf);
        Found found = reachable(entry, reference);
        byte[] subject = seal.subjectOf(found.person().holder());
        QualificationAnswer answer = Views.qualification(
                        reference, found.events(), found.person().identity(), asOf)
                .orElseThrow(() -> refused(entry, subject, unknown()));
        Access access = entry.access(subject, Status.FOUND.name(), disclosed(List.of(answer)));
        log.write(List.of(access));
        return new One(answer, found.freshAsOf(), access.id());
    }

    /** All versions of one qualification. */
    public History history(Inquiry inquiry, UUID reference) {
        Entry entry = new Entry(inquiry, Operation.HISTORY, null);
        Found found = reachable(entry, reference);
        List<Version> versions = Views.history(found.events());
        List<Access.Disclosed> disclosed = versions.stream()
                .map(version -> new Access.Disclosed(reference, version.version()))
                .toList();
        Access access = entry.access(seal.subjectOf(found.person().holder()), Status.FOUND.name(), disclosed);
        log.write(List.of(access));
        return new History(versions, found.freshAsOf(), access.id());
    }

    private Found reachable(Entry entry, UUID reference) {
        Entitlement.refusal(entry.inquiry(), entry.operation()).ifPresent(code -> {
            throw refused(entry, null, ProblemException.of(code, "Nothing was disclosed."));
        });
        Found found = opener.qualification(reference)
                .orElseThrow(() -> refused(entry, seal.subjectOfReference(reference), unknown()));
        if (!isOwn(entry.inquiry().caller(), found, reference)) {
            // the same answer as for nothing: whether there is something is nobody else's business
            throw refused(entry, seal.subjectOf(found.person().holder()), unknown());
        }
        return found;
    }

    private static boolean isOwn(Caller caller, Found found, UUID reference) {
        return switch (caller.role()) {
            case AGENCY, CONTROLLER -> true;
            case CITIZEN ->
                found.person().identity() instanceof ByInsz(Insz insz)
                        && insz.digits().equals(caller.id());
            case SUPPLIER ->
                Views.qualification(reference, found.events(), null, null)
                        .filter(answer -> answer.supplier().equals(caller.id()))
                        .isPresent();
        };
    }

    /** What the holder found has, once it is certain that it is the person asked for. */
    private static List<QualificationAnswer> about(Insz insz, Lead lead, Opened opened, @Nullable Instant asOf)
            throws Mismatch {
        Person person = lead.holder().map(opened.people()::get).orElse(null);
        if (person == null) {
            return List.of();
        }
        HolderIdentity identity = person.identity();
        if (identity == null) {
            // erased: nobody can be found by this number any more
            return List.of();
        }
        if (!(identity instanceof ByInsz(Insz found)) || !found.equals(insz)) {
            throw new Mismatch();
        }
        return person.qualifications().entrySet().stream()
                .flatMap(entry -> Views.qualification(entry.getKey(), entry.getValue(), identity, asOf).stream())
                .sorted(Comparator.comparing(QualificationAnswer::reference))
                .toList();
    }

    private ProblemException refused(Entry entry, byte @Nullable [] subject, ProblemException refusal) {
        log.write(List.of(entry.access(subject, refusal.code(), List.of())));
        return refusal;
    }

    private static ProblemException unknown() {
        return ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "Nothing is known under this reference.");
    }

    private static Status status(List<QualificationAnswer> found) {
        return found.isEmpty() ? Status.NOT_FOUND : Status.FOUND;
    }

    private static List<Access.Disclosed> disclosed(List<QualificationAnswer> found) {
        return found.stream()
                .map(answer -> new Access.Disclosed(answer.reference(), answer.version()))
                .toList();
    }

    /** What all rows of one request share. */
    private record Entry(
            Inquiry inquiry, Operation operation, @Nullable Instant asOf) {
        Access access(byte @Nullable [] subject, String outcome, List<Access.Disclosed> disclosed) {
            Caller caller = inquiry.caller();
            return new Access(
                    UUID.randomUUID(),
                    subject,
                    caller.role() == Caller.Role.CITIZEN ? "CITIZEN" : caller.role() + ":" + caller.id(),
                    inquiry.purpose().map(purpose -> purpose.code()).orElse(null),
                    inquiry.purpose().map(purpose -> purpose.caseReference()).orElse(null),
                    inquiry.purpose().map(purpose -> purpose.endUser()).orElse(null),
                    operation.name(),
                    outcome,
                    asOf == null ? null : asOf.toString(),
                    disclosed,
                    inquiry.traceId());
        }
    }

    private static final class Mismatch extends Exception {
        private static final long serialVersionUID = 1L;

        Mismatch() {
            super("index mismatch", null, false, false);
        }
    }
}
