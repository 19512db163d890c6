package eu.diplomatics.query.led;

import eu.diplomatics.led.LedCode;
import eu.diplomatics.led.LedDoor;
import eu.diplomatics.led.LedProblem;
import eu.diplomatics.led.LedProof;
import eu.diplomatics.led.LedQuestion;
import eu.diplomatics.led.LedReplies;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.query.caller.Caller;
import eu.diplomatics.query.caller.Purpose;
import eu.diplomatics.query.disclosure.Answers.Consultation;
import eu.diplomatics.query.disclosure.Answers.Part;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import eu.diplomatics.query.disclosure.Answers.State;
import eu.diplomatics.query.disclosure.Answers.Status;
import eu.diplomatics.query.disclosure.DisclosureGate;
import eu.diplomatics.query.disclosure.Inquiry;
import eu.diplomatics.query.disclosure.Inquiry.Extract;
import eu.diplomatics.query.led.LedSettings.Capacity;
import eu.diplomatics.query.problem.ProblemAdvice;
import eu.diplomatics.query.problem.ProblemException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.ws.context.MessageContext;
import org.springframework.ws.server.endpoint.annotation.Endpoint;
import org.springframework.ws.server.endpoint.annotation.PayloadRoot;
import org.springframework.ws.server.endpoint.annotation.ResponsePayload;
import org.w3c.dom.Element;

/** GeefBewijs: a consultation by national number, in the LED's words, through the same gate as every other. */
@Endpoint
final class LedEndpoint {
    private static final Set<String> REQUIRED = Arrays.stream(Basis.class.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(name -> !LedProof.OPTIONAL_FIELDS.contains(name))
            .collect(Collectors.toUnmodifiableSet());

    private final DisclosureGate gate;
    private final LedReplies replies;
    private final LedSettings settings;
    private final SupplierNames suppliers;
    private final Map<Caller, Semaphore> turns = new ConcurrentHashMap<>();

    LedEndpoint(DisclosureGate gate, LedReplies replies, LedSettings settings, SupplierNames suppliers) {
        this.gate = gate;
        this.replies = replies;
        this.settings = settings;
        this.suppliers = suppliers;
    }

    @PayloadRoot(namespace = "http://geefbewijs.bewijsraadplegingdienst.led.vlaanderen.be", localPart = "GeefBewijs")
    @ResponsePayload
    Element geefBewijs(MessageContext context) {
        LedCall call = LedCall.of(context);
        return switch (call.entrance()) {
            case LedDoor.Entrance.Asked(LedQuestion question) -> inTurn(call, question);
            case LedDoor.Entrance.Answered(Element reply) -> reply;
            case LedDoor.Entrance.NoContext none -> throw new IllegalStateException("it was not let in");
        };
    }

    private Element inTurn(LedCall call, LedQuestion question) {
        Semaphore turn = turns.computeIfAbsent(call.caller(), caller -> new Semaphore(settings.atOnce()));
        if (!turn.tryAcquire()) {
            return refused(question, LedProblem.of(LedCode.TOO_MANY_AT_ONCE));
        }
        try {
            return answer(call, question);
        } catch (RuntimeException failure) {
            return failed(question, ProblemAdvice.map(failure));
        } finally {
            turn.release();
        }
    }

    private Element answer(LedCall call, LedQuestion question) {
        Optional<Capacity> capacity = capacity(call.caller(), question);
        Inquiry inquiry = new Inquiry(
                call.caller(),
                capacity.flatMap(known -> purpose(known, question)),
                call.traceId(),
                new Extract(capacity.map(Capacity::categories).orElse(Set.of()), LedProof.MOST_IN_AN_ANSWER));
        // before: a hit must not take longer for it
        UnaryOperator<String> names = suppliers.now();
        Consultation found = gate.consult(inquiry, question.insz(), null);
        Set<String> shown = capacity.map(Capacity::fields).orElse(LedProof.OPTIONAL_FIELDS);
        List<LedProof> proofs = new ArrayList<>();
        for (QualificationAnswer answer : found.qualifications()) {
            if (answer.state() != State.SHREDDED && !isEnough(answer)) {
                return refused(question, LedProblem.of(LedCode.FILTERED));
            }
            if (answer.state() != State.SHREDDED) {
                proofs.add(proof(answer, question.insz(), shown, names));
            }
        }
        boolean allReadable = found.status() != Status.SHREDDED
                && proofs.size() == found.qualifications().size();
        List<LedProblem> problems = new ArrayList<>();
        if (proofs.isEmpty() && found.filtered() > 0) {
            return refused(question, LedProblem.of(LedCode.FILTERED));
        }
        if (proofs.isEmpty()) {
            problems.add(new LedProblem(LedCode.NO_DATA, null, "INSZnummer"));
        }
        if (found.beyond() > 0) {
            problems.add(LedProblem.of(LedCode.MORE_THAN_ANSWERED));
        }
        if (!allReadable) {
            problems.add(LedProblem.of(LedCode.NOT_ALL_READABLE));
        }
        if (proofs.stream().anyMatch(LedProof::isReferenceCut)) {
            problems.add(LedProblem.of(LedCode.REFERENCE_CUT));
        }
        return proofs.isEmpty() ? replies.unanswered(question, problems) : replies.proofs(question, proofs, problems);
    }

    private Optional<Capacity> capacity(Caller caller, LedQuestion question) {
        String said = question.sender().capacity();
        return caller.role() != Caller.Role.AGENCY
                ? Optional.empty()
                : settings.capacities().stream()
                        .filter(known -> known.agency().equals(caller.id())
                                && known.code().equals(said))
                        .findFirst();
    }

    /** The case is the sender's reference of the question, the end user who they say sits behind it. */
    private static Optional<Purpose> purpose(Capacity capacity, LedQuestion question) {
        String user = question.sender().user();
        return Purpose.of(
                capacity.purpose(),
                question.reference(),
                user == null ? question.sender().identification() : user);
    }

    private static LedProof proof(
            QualificationAnswer answer, String asked, Set<String> shown, UnaryOperator<String> names) {
        Part<Basis> basis = present(answer.basis());
        return new LedProof(
                answer.reference(),
                answer.version(),
                answer.state() == State.ANNULLED,
                answer.modifiedAt(),
                names.apply(present(answer.supplier())),
                present(answer.supplierReference()),
                answer.holder() instanceof HolderIdentity.ByInsz(var insz) ? insz.digits() : asked,
                basis.content(),
                present(answer.derived()).content(),
                shown.stream().filter(basis::names).collect(Collectors.toSet()));
    }

    /** Whether the mandate names what this format cannot leave out. */
    private static boolean isEnough(QualificationAnswer answer) {
        Part<Basis> basis = answer.basis();
        Part<Derived> derived = answer.derived();
        return basis != null
                && REQUIRED.stream().allMatch(basis::names)
                && derived != null
                && derived.named() == null
                && answer.supplier() != null
                && answer.supplierReference() != null;
    }

    /** What only a shredded record lacks. */
    private static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value);
    }

    private Element failed(LedQuestion question, ProblemException problem) {
        LedCode code = LedCode.of(problem.code());
        boolean ofNumber =
                problem.errors().stream().anyMatch(place -> place.pointer().equals("/insz"));
        return refused(
                question,
                new LedProblem(
                        code,
                        code.origin().equals(LedCode.SCHEMA.origin()) || code == LedCode.NOT_AVAILABLE
                                ? problem.code()
                                : null,
                        ofNumber ? "Verzoek/Vragen/Vraag/Inhoud/INSZ" : null));
    }

    private Element refused(LedQuestion question, LedProblem problem) {
        return replies.refused(question.service(), question.sender(), List.of(problem));
    }
}
