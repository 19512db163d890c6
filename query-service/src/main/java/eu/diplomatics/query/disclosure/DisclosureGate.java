package eu.diplomatics.query.disclosure;

import eu.diplomatics.golive.GoLive;
import eu.diplomatics.qualification.AcceptedNumbers;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Rejection;
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
import eu.diplomatics.query.disclosure.Findings.Finding;
import eu.diplomatics.query.disclosure.Findings.Question;
import eu.diplomatics.query.disclosure.Opener.Found;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.grouping.Grouped;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    /** Requests by number that come together share round trips to custodian, keyring, projection and log. */
    private static final int GROUPS_AT_ONCE = 2;

    private static final int REQUESTS_IN_A_GROUP = 32;
    private static final Duration PATIENCE = Duration.ofMillis(2);

    private final NumberIndex index;
    private final Findings findings;
    private final Opener opener;
    private final AccessLog log;
    private final AccessSeal seal;
    private final GoLive goLive;
    private final boolean testNumbers;
    private final Grouped<Asked, Outcome> consultations;

    DisclosureGate(
            NumberIndex index,
            Findings findings,
            Opener opener,
            AccessLog log,
            AccessSeal seal,
            GoLive goLive,
            @Value("${diplomatics.test-numbers:false}") boolean testNumbers) {
        this.index = index;
        this.findings = findings;
        this.opener = opener;
        this.log = log;
        this.seal = seal;
        this.goLive = goLive;
        this.testNumbers = testNumbers;
        this.consultations = new Grouped<>(GROUPS_AT_ONCE, REQUESTS_IN_A_GROUP, PATIENCE, this::answer);
    }

    private record Asked(Entry entry, Question question) {}

    /** What a consultation comes to: an answer, or why there is none. */
    private sealed interface Outcome {
        record Answered(Consultation consultation) implements Outcome {}

        record Refused(RuntimeException reason) implements Outcome {}
    }

    /** Everything about the person with this number, as the registry knew it at {@code asOf} (now when null). */
    public Consultation consult(Inquiry inquiry, String number, @Nullable Instant asOf) {
        Entry entry = new Entry(inquiry, Operation.CONSULT, asOf);
        Insz insz = allowedNumber(entry, number);
        return switch (consultations.ask(new Asked(entry, new Question(insz, asOf, inquiry.traceId())))) {
            case Outcome.Answered(Consultation consultation) -> consultation;
            case Outcome.Refused(RuntimeException reason) -> throw reason;
        };
    }

    private List<Outcome> answer(List<Asked> asked) {
        List<Finding> found = findings.of(asked.stream().map(Asked::question).toList());
        List<Access> accesses = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Entry entry = asked.get(i).entry();
            switch (found.get(i)) {
                case Finding.Found(byte[] subject, List<QualificationAnswer> answers, FreshAsOf freshAsOf) -> {
                    Access access = entry.access(subject, status(answers).name(), disclosed(answers));
                    accesses.add(access);
                    outcomes.add(new Outcome.Answered(
                            new Consultation(status(answers), answers, null, freshAsOf, access.id())));
                }
                case Finding.Erased(byte[] subject, ShreddedStream identity, FreshAsOf freshAsOf) -> {
                    Access access = entry.access(subject, Status.SHREDDED.name(), List.of());
                    accesses.add(access);
                    outcomes.add(new Outcome.Answered(
                            new Consultation(Status.SHREDDED, List.of(), Views.why(identity), freshAsOf, access.id())));
                }
                case Finding.Refused(byte[] subject, ProblemException reason) -> {
                    accesses.add(entry.access(subject, reason.code(), List.of()));
                    outcomes.add(new Outcome.Refused(reason));
                }
                case Finding.Failure(RuntimeException cause) -> outcomes.add(new Outcome.Refused(cause));
            }
        }
        if (!accesses.isEmpty()) {
            log.write(accesses);
        }
        return outcomes;
    }

    private Insz allowedNumber(Entry entry, String number) {
        Checked<Insz> asked = parse(number);
        Optional<ProblemCode> refusal = Entitlement.refusal(entry.inquiry(), entry.operation());
        if (refusal.isPresent()) {
            byte[] subject = asked instanceof Checked.Valid<Insz>(Insz insz) ? index.subject(insz) : null;
            throw refused(entry, subject, ProblemException.of(refusal.get(), "Nothing was disclosed."));
        }
        return switch (asked) {
            case Checked.Valid<Insz>(Insz insz) -> {
                if (!Entitlement.mayAsk(entry.inquiry().caller(), insz.digits())) {
                    throw refused(
                            entry,
                            index.subject(insz),
                            ProblemException.of(ProblemCode.NOT_ALLOWED, "A citizen asks for themselves."));
                }
                yield insz;
            }
            case Checked.Invalid<Insz> invalid -> {
                Rejection rejection = invalid.rejections().getFirst();
                ProblemCode code = ProblemCode.valueOf(rejection.code().name());
                throw refused(entry, null, ProblemException.at(code, "/insz", rejection.message() + "."));
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
        List<Finding> found = findings.of(valid.values().stream()
                .map(insz -> new Question(insz, null, inquiry.traceId()))
                .toList());
        Iterator<Finding> next = found.iterator();
        List<Item> items = new ArrayList<>();
        List<Access> accesses = new ArrayList<>();
        FreshAsOf freshAsOf = null;
        for (int i = 0; i < numbers.size(); i++) {
            RejectionCode code = invalid.get(i);
            if (code != null) {
                items.add(new Item(i, Status.INVALID, List.of(), null, code.name()));
                accesses.add(entry.access(null, code.name(), List.of()));
                continue;
            }
            switch (next.next()) {
                case Finding.Found(byte[] subject, List<QualificationAnswer> answers, FreshAsOf fresh) -> {
                    items.add(new Item(i, status(answers), answers, null, null));
                    accesses.add(entry.access(subject, status(answers).name(), disclosed(answers)));
                    freshAsOf = freshAsOf == null || fresh.position() < freshAsOf.position() ? fresh : freshAsOf;
                }
                case Finding.Erased(byte[] subject, ShreddedStream identity, FreshAsOf fresh) -> {
                    items.add(new Item(i, Status.SHREDDED, List.of(), Views.why(identity), null));
                    accesses.add(entry.access(subject, Status.SHREDDED.name(), List.of()));
                    freshAsOf = freshAsOf == null || fresh.position() < freshAsOf.position() ? fresh : freshAsOf;
                }
                case Finding.Refused(byte[] subject, ProblemException reason) -> {
                    items.add(new Item(i, Status.INVALID, List.of(), null, reason.code()));
                    accesses.add(entry.access(subject, reason.code(), List.of()));
                }
                case Finding.Failure(RuntimeException cause) -> throw cause;
            }
        }
        log.write(accesses);
        return new Batch(items, freshAsOf == null ? opener.freshAsOf() : freshAsOf);
    }

    private Checked<Insz> parse(String number) {
        return Insz.parse(number, new AcceptedNumbers(testNumbers, goLive.red()), "/insz");
    }

    private static RejectionCode code(Checked.Invalid<Insz> invalid) {
        return invalid.rejections().getFirst().code();
    }

    /** One qualification by its reference. */
    public One read(Inquiry inquiry, UUID reference, @Nullable Instant asOf) {
        Entry entry = new Entry(inquiry, Operation.READ, asOf);
        Found found = reachable(entry, reference);
        byte[] subject = subject(found, reference);
        QualificationAnswer answer =
                Views.found(reference, found, asOf).orElseThrow(() -> refused(entry, subject, unknown()));
        Access access = entry.access(subject, Status.FOUND.name(), disclosed(List.of(answer)));
        log.write(List.of(access));
        return new One(answer, found.freshAsOf(), access.id());
    }

    /** All versions of one qualification. */
    public History history(Inquiry inquiry, UUID reference) {
        Entry entry = new Entry(inquiry, Operation.HISTORY, null);
        Found found = reachable(entry, reference);
        ShreddedStream shredded = found.shredded();
        List<Version> versions = shredded == null ? Views.history(found.events()) : Views.history(shredded);
        List<Access.Disclosed> disclosed = versions.stream()
                .map(version -> new Access.Disclosed(reference, version.version()))
                .toList();
        Access access = entry.access(subject(found, reference), Status.FOUND.name(), disclosed);
        log.write(List.of(access));
        return new History(versions, found.freshAsOf(), access.id());
    }

    private Found reachable(Entry entry, UUID reference) {
        Entitlement.refusal(entry.inquiry(), entry.operation()).ifPresent(code -> {
            throw refused(
                    entry, seal.subjectOfReference(reference), ProblemException.of(code, "Nothing was disclosed."));
        });
        Found found = opener.qualification(reference)
                .orElseThrow(() -> refused(entry, seal.subjectOfReference(reference), unknown()));
        if (!isOwn(entry.inquiry().caller(), found, reference)) {
            // the same answer as for nothing: whether there is something is nobody else's business
            throw refused(entry, subject(found, reference), unknown());
        }
        return found;
    }

    /** Nobody finds an access to a record in their log that was not theirs. */
    private byte[] subject(Found found, UUID reference) {
        return found.isHolderKnown() ? seal.subjectOf(found.holder()) : seal.subjectOfReference(reference);
    }

    private boolean isOwn(Caller caller, Found found, UUID reference) {
        return switch (caller.role()) {
            case AGENCY, CONTROLLER -> true;
            case CITIZEN ->
                opener.numbersOf(found).stream().anyMatch(insz -> insz.digits().equals(caller.id()));
            case SUPPLIER ->
                Views.qualification(reference, found.events(), null, null, null)
                        .filter(answer -> caller.id().equals(answer.supplier()))
                        .isPresent();
        };
    }

    /** The row of a refusal says who asked also where that is a citizen, whom no subject tells here. */
    private ProblemException refused(Entry entry, byte @Nullable [] subject, ProblemException refusal) {
        Caller caller = entry.inquiry().caller();
        String who = caller.role() == Caller.Role.CITIZEN
                ? entry.who() + ":" + HexFormat.of().formatHex(index.subject(number(caller)))
                : entry.who();
        log.write(List.of(entry.access(who, subject, refusal.code(), List.of())));
        return refusal;
    }

    private Insz number(Caller citizen) {
        return switch (Insz.parse(citizen.id(), new AcceptedNumbers(true, goLive.red()), "")) {
            case Checked.Valid<Insz>(Insz insz) -> insz;
            case Checked.Invalid<Insz> invalid
            when code(invalid) == RejectionCode.GO_LIVE_BLOCKED ->
                // not even its pseudonym is made, so there is no row that could name it
                throw ProblemException.of(
                        ProblemCode.GO_LIVE_BLOCKED,
                        invalid.rejections().getFirst().message() + ".");
            case Checked.Invalid<Insz> invalid ->
                throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "A citizen is known by their national number.");
        };
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
        /** A citizen's id is their number, which stands nowhere: what they are answered is about themselves. */
        String who() {
            Caller caller = inquiry.caller();
            return caller.role() == Caller.Role.CITIZEN ? "CITIZEN" : caller.role() + ":" + caller.id();
        }

        Access access(byte @Nullable [] subject, String outcome, List<Access.Disclosed> disclosed) {
            return access(who(), subject, outcome, disclosed);
        }

        Access access(String who, byte @Nullable [] subject, String outcome, List<Access.Disclosed> disclosed) {
            return new Access(
                    UUID.randomUUID(),
                    subject,
                    who,
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
}
