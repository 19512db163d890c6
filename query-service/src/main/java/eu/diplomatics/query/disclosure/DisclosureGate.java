package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.golive.GoLive;
import eu.diplomatics.qualification.AcceptedNumbers;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.query.accesslog.AccessLog;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.disclosure.Answers.Batch;
import eu.diplomatics.query.disclosure.Answers.Consultation;
import eu.diplomatics.query.disclosure.Answers.History;
import eu.diplomatics.query.disclosure.Answers.Item;
import eu.diplomatics.query.disclosure.Answers.One;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import eu.diplomatics.query.disclosure.Answers.Status;
import eu.diplomatics.query.disclosure.Answers.Verdict;
import eu.diplomatics.query.disclosure.Answers.Version;
import eu.diplomatics.query.disclosure.Entitlement.Operation;
import eu.diplomatics.query.disclosure.Entitlement.Ruling;
import eu.diplomatics.query.disclosure.Findings.Finding;
import eu.diplomatics.query.disclosure.Findings.Question;
import eu.diplomatics.query.disclosure.Inquiry.Extract;
import eu.diplomatics.query.disclosure.Opener.Found;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.grouping.Grouped;
import eu.diplomatics.query.predicate.HoldsLevel;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The one way out for opened data (L04). Whatever is answered, a hit, no hit or a refusal, its access is durable in the
 * log before this returns (R05); when the log does not take it there is no answer. Whatever it is, it leaves at the end of a step, so
 * that its time does not tell whether there was anything.
 */
@Component
public final class DisclosureGate {
    /** Requests by number that come together share round trips to custodian, keyring, projection and log. */
    private static final int GROUPS_AT_ONCE = 2;

    private static final int REQUESTS_IN_A_GROUP = 32;
    /** The outcome in the log where records were found and none of them is the asker's to see. */
    private static final String FILTERED = "FILTERED";

    private static final Duration PATIENCE = Duration.ofMillis(2);

    private final NumberIndex index;
    private final Askers askers;
    private final Entitlement entitlement;
    private final Quotas quotas;
    private final Misses misses;
    private final Pseudonyms pseudonyms;
    private final Findings findings;
    private final Opener opener;
    private final Decoys decoys;
    private final AccessLog log;
    private final AccessSeal seal;
    private final GoLive goLive;
    private final boolean testNumbers;
    private final Pace pace;
    private final Grouped<Asked, Outcome> consultations;

    DisclosureGate(
            NumberIndex index,
            Askers askers,
            Entitlement entitlement,
            Quotas quotas,
            Misses misses,
            Pseudonyms pseudonyms,
            Findings findings,
            Opener opener,
            Decoys decoys,
            AccessLog log,
            AccessSeal seal,
            GoLive goLive,
            @Value("${diplomatics.test-numbers:false}") boolean testNumbers,
            @Value("${diplomatics.answers.pace:10ms}") Duration step) {
        this.index = index;
        this.askers = askers;
        this.entitlement = entitlement;
        this.quotas = quotas;
        this.misses = misses;
        this.pseudonyms = pseudonyms;
        this.findings = findings;
        this.opener = opener;
        this.decoys = decoys;
        this.log = log;
        this.seal = seal;
        this.goLive = goLive;
        this.testNumbers = testNumbers;
        this.pace = new Pace(step);
        this.consultations = new Grouped<>(GROUPS_AT_ONCE, REQUESTS_IN_A_GROUP, PATIENCE, this::answer);
    }

    /** What an agency may ask today. Nothing is disclosed of anybody, and nothing is logged. */
    public Answers.Mandates mandates(Caller caller) {
        return new Answers.Mandates(entitlement.mandates(caller).stream()
                .map(granted -> Answers.Mandated.of(granted.terms()))
                .toList());
    }

    /** @param predicate null where everything is asked for */
    private record Asked(
            Entry entry, Question question, @Nullable HoldsLevel predicate) {}

    /** Everything about the person with this number, as the registry knew it at {@code asOf} (now when null). */
    public Consultation consult(Inquiry inquiry, String number, @Nullable Instant asOf) {
        try (var _ = pace.hold()) {
            Allowed allowed = allowed(askers.entry(inquiry, Operation.CONSULT, asOf), number);
            Question question = new Question(allowed.insz(), asOf, inquiry.traceId());
            return switch (consultations.ask(new Asked(allowed.entry(), question, null))) {
                case Outcome.Answered(Consultation consultation) -> {
                    if (consultation.qualifications().isEmpty()) {
                        decoys.writeInstead(allowed.entry().allowance());
                    }
                    yield consultation;
                }
                case Outcome.Decided other -> throw Outcome.ofAnotherQuestion();
                case Outcome.Refused(RuntimeException reason) -> throw reason;
            };
        }
    }

    /** Whether it is true of the person with this number, as far as is known now. Nobody and nothing is no. */
    public Verdict decide(Inquiry inquiry, String number, HoldsLevel predicate) {
        try (var _ = pace.hold()) {
            Allowed allowed =
                    allowed(askers.entry(inquiry, Operation.PREDICATE, null).asking(predicate.words()), number);
            Question question = new Question(allowed.insz(), null, inquiry.traceId());
            return switch (consultations.ask(new Asked(allowed.entry(), question, predicate))) {
                case Outcome.Decided(Verdict verdict) -> verdict;
                case Outcome.Answered other -> throw Outcome.ofAnotherQuestion();
                case Outcome.Refused(RuntimeException reason) -> throw reason;
            };
        }
    }

    private List<Outcome> answer(List<Asked> asked) {
        List<Finding> found = findings.of(asked.stream().map(Asked::question).toList());
        List<Access> accesses = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Entry entry = asked.get(i).entry();
            HoldsLevel predicate = asked.get(i).predicate();
            switch (found.get(i)) {
                case Finding.Found(byte[] subject, UUID person, List<QualificationAnswer> all, FreshAsOf freshAsOf)
                when predicate != null -> {
                    misses.note(entry.allowance(), 1, all.isEmpty() ? 1 : 0);
                    List<QualificationAnswer> proofs = all.stream()
                            .filter(answer -> Views.satisfies(answer, predicate))
                            .toList();
                    outcomes.add(decided(entry, subject, proofs, freshAsOf, accesses));
                }
                case Finding.Erased(byte[] subject, ShreddedStream identity, FreshAsOf freshAsOf)
                when predicate != null -> outcomes.add(decided(entry, subject, List.of(), freshAsOf, accesses));
                case Finding.Found(byte[] subject, UUID person, List<QualificationAnswer> all, FreshAsOf freshAsOf) -> {
                    Extract.Left left = entry.inquiry().extract().of(all);
                    List<QualificationAnswer> answers = left.answers();
                    String outcome = answers.isEmpty() && left.filtered() > 0
                            ? FILTERED
                            : Views.status(answers).name();
                    Access access = entry.access(subject, outcome, Views.disclosed(answers));
                    accesses.add(access);
                    misses.note(entry.allowance(), 1, all.isEmpty() ? 1 : 0);
                    outcomes.add(new Outcome.Answered(new Consultation(
                            Views.status(answers),
                            pseudonyms.of(entry, () -> person),
                            Minimal.answers(answers, entry.allowance()),
                            left.filtered(),
                            left.beyond(),
                            null,
                            freshAsOf,
                            access.id())));
                }
                case Finding.Erased(byte[] subject, ShreddedStream identity, FreshAsOf freshAsOf) -> {
                    Access access = entry.access(subject, Status.SHREDDED.name(), List.of());
                    accesses.add(access);
                    outcomes.add(new Outcome.Answered(new Consultation(
                            Status.SHREDDED,
                            null,
                            List.of(),
                            0,
                            0,
                            entry.allowance().only("shredded", Views.why(identity)),
                            freshAsOf,
                            access.id())));
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

    private static Outcome decided(
            Entry entry, byte[] subject, List<QualificationAnswer> proofs, FreshAsOf freshAsOf, List<Access> accesses) {
        boolean holds = !proofs.isEmpty();
        boolean disputed = holds && proofs.stream().allMatch(answer -> answer.disputedSince() != null);
        Access access = entry.access(subject, holds ? "TRUE" : "FALSE", List.of());
        accesses.add(access);
        return new Outcome.Decided(new Verdict(holds, disputed ? true : null, freshAsOf, access.id()));
    }

    /** Whom may be asked about, and what may be answered. */
    private record Allowed(Entry entry, Insz insz) {
        @Override
        public String toString() {
            return "Allowed[redacted]";
        }
    }

    private Allowed allowed(Entry asking, String number) {
        Checked<Insz> asked = parse(number);
        Supplier<byte @Nullable []> subject =
                () -> asked instanceof Checked.Valid<Insz>(Insz insz) ? index.subject(insz) : null;
        Entry entry = entitled(asking, subject);
        return switch (asked) {
            case Checked.Valid<Insz>(Insz insz) -> {
                if (!Entitlement.mayAsk(entry.inquiry().caller(), insz.digits())) {
                    throw refused(
                            entry,
                            index.subject(insz),
                            ProblemException.of(
                                    ProblemCode.NOT_ALLOWED,
                                    "A citizen asks for themselves, a delegate for whom they stand for."));
                }
                use(entry, 1, subject);
                yield new Allowed(entry, insz);
            }
            case Checked.Invalid<Insz> invalid -> {
                Rejection rejection = invalid.rejections().getFirst();
                ProblemCode code = ProblemCode.valueOf(rejection.code().name());
                throw refused(entry, null, ProblemException.at(code, "/insz", rejection.message() + "."));
            }
        };
    }

    private Entry entitled(Entry entry, Supplier<byte @Nullable []> subject) {
        return switch (entitlement.of(entry.inquiry(), entry.operation())) {
            case Ruling.Allowed(Allowance allowance) -> entry.under(allowance);
            case Ruling.Refused(ProblemCode code, String detail) ->
                throw refused(entry, subject.get(), ProblemException.of(code, detail));
        };
    }

    /** Takes persons from the mandate's quota. */
    private void use(Entry entry, int persons, Supplier<byte @Nullable []> subject) {
        quotas.take(entry.allowance(), persons).ifPresent(problem -> {
            throw refused(entry, subject.get(), problem);
        });
    }

    /** As {@link #consult(Inquiry, String, Instant)} for several, each with its own row in the log. */
    public Batch consult(Inquiry inquiry, List<@Nullable String> numbers) {
        try (var _ = pace.hold()) {
            Entry entry = entitled(askers.entry(inquiry, Operation.CONSULT_BATCH, null), () -> null);
            Map<Integer, Insz> valid = new LinkedHashMap<>();
            Map<Integer, RejectionCode> invalid = new LinkedHashMap<>();
            for (int i = 0; i < numbers.size(); i++) {
                String number = numbers.get(i);
                switch (number == null ? Checked.<Insz>invalid(RejectionCode.MALFORMED, "", "") : parse(number)) {
                    case Checked.Valid<Insz>(Insz insz) -> valid.put(i, insz);
                    case Checked.Invalid<Insz> wrong -> invalid.put(i, code(wrong));
                }
            }
            use(entry, valid.size(), () -> null);
            List<Finding> found = findings.of(valid.values().stream()
                    .map(insz -> new Question(insz, null, inquiry.traceId()))
                    .toList());
            Iterator<Finding> next = found.iterator();
            List<Item> items = new ArrayList<>();
            List<Access> accesses = new ArrayList<>();
            FreshAsOf freshAsOf = null;
            int missed = 0;
            for (int i = 0; i < numbers.size(); i++) {
                RejectionCode code = invalid.get(i);
                if (code != null) {
                    items.add(new Item(i, Status.INVALID, null, List.of(), null, code.name()));
                    accesses.add(entry.access(null, code.name(), List.of()));
                    continue;
                }
                switch (next.next()) {
                    case Finding.Found(
                            byte[] subject,
                            UUID person,
                            List<QualificationAnswer> answers,
                            FreshAsOf fresh) -> {
                        missed += answers.isEmpty() ? 1 : 0;
                        items.add(new Item(
                                i,
                                Views.status(answers),
                                pseudonyms.of(entry, () -> person),
                                Minimal.answers(answers, entry.allowance()),
                                null,
                                null));
                        accesses.add(entry.access(subject, Views.status(answers).name(), Views.disclosed(answers)));
                        freshAsOf = freshAsOf == null || fresh.position() < freshAsOf.position() ? fresh : freshAsOf;
                    }
                    case Finding.Erased(byte[] subject, ShreddedStream identity, FreshAsOf fresh) -> {
                        items.add(new Item(
                                i,
                                Status.SHREDDED,
                                null,
                                List.of(),
                                entry.allowance().only("shredded", Views.why(identity)),
                                null));
                        accesses.add(entry.access(subject, Status.SHREDDED.name(), List.of()));
                        freshAsOf = freshAsOf == null || fresh.position() < freshAsOf.position() ? fresh : freshAsOf;
                    }
                    case Finding.Refused(byte[] subject, ProblemException reason) -> {
                        items.add(new Item(i, Status.INVALID, null, List.of(), null, reason.code()));
                        accesses.add(entry.access(subject, reason.code(), List.of()));
                    }
                    case Finding.Failure(RuntimeException cause) -> throw cause;
                }
            }
            misses.note(entry.allowance(), valid.size(), missed);
            log.write(accesses);
            return new Batch(items, freshAsOf == null ? opener.freshAsOf() : freshAsOf);
        }
    }

    private Checked<Insz> parse(String number) {
        return Insz.parse(number, new AcceptedNumbers(testNumbers, goLive.red()), "/insz");
    }

    private static RejectionCode code(Checked.Invalid<Insz> invalid) {
        return invalid.rejections().getFirst().code();
    }

    /** One qualification by its reference. */
    public One read(Inquiry inquiry, UUID reference, @Nullable Instant asOf) {
        try (var _ = pace.hold()) {
            Entry entry =
                    entitled(askers.entry(inquiry, Operation.READ, asOf), () -> seal.subjectOfReference(reference));
            Found found = reachable(entry, reference);
            byte[] subject = subject(found, reference);
            QualificationAnswer answer =
                    Views.found(reference, found, asOf).orElseThrow(() -> refused(entry, subject, unknown()));
            Access access = entry.access(subject, Status.FOUND.name(), Views.disclosed(List.of(answer)));
            log.write(List.of(access));
            return new One(
                    Minimal.answer(answer, entry.allowance()),
                    pseudonyms.of(
                            entry,
                            () -> opener.person(found).map(Person::origin).orElse(null)),
                    found.freshAsOf(),
                    access.id());
        }
    }

    /** All versions of one qualification. */
    public History history(Inquiry inquiry, UUID reference) {
        try (var _ = pace.hold()) {
            Entry entry =
                    entitled(askers.entry(inquiry, Operation.HISTORY, null), () -> seal.subjectOfReference(reference));
            Found found = reachable(entry, reference);
            ShreddedStream shredded = found.shredded();
            List<Version> versions = shredded == null ? Views.history(found.events()) : Views.history(shredded);
            List<Access.Disclosed> disclosed = versions.stream()
                    .map(version -> new Access.Disclosed(reference, version.version()))
                    .toList();
            Access access = entry.access(subject(found, reference), Status.FOUND.name(), disclosed);
            log.write(List.of(access));
            return new History(Minimal.versions(versions, entry.allowance()), found.freshAsOf(), access.id());
        }
    }

    private Found reachable(Entry entry, UUID reference) {
        use(entry, 1, () -> seal.subjectOfReference(reference));
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
            case AGENCY, CONTROLLER, DPO -> true;
            case CITIZEN, DELEGATE ->
                opener.numbersOf(found).stream()
                        .anyMatch(insz -> caller.person().equals(Optional.of(insz.digits())));
            case SUPPLIER ->
                Views.qualification(reference, found.events(), null, null, null)
                        .filter(answer -> caller.id().equals(answer.supplier()))
                        .isPresent();
            case AUDITOR, OPERATOR -> false;
        };
    }

    private ProblemException refused(Entry entry, byte @Nullable [] subject, ProblemException refusal) {
        log.write(List.of(entry.access(askers.inRefusal(entry), subject, refusal.code(), List.of())));
        return refusal;
    }

    private static ProblemException unknown() {
        return ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "Nothing is known under this reference.");
    }
}
