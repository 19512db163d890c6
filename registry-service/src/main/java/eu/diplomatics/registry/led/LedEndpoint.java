package eu.diplomatics.registry.led;

import eu.diplomatics.led.LedCode;
import eu.diplomatics.led.LedDoor;
import eu.diplomatics.led.LedProblem;
import eu.diplomatics.led.LedQuestion;
import eu.diplomatics.led.LedReplies;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemAdvice;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.registration.Registrations.Done;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.ws.context.MessageContext;
import org.springframework.ws.server.endpoint.annotation.Endpoint;
import org.springframework.ws.server.endpoint.annotation.PayloadRoot;
import org.springframework.ws.server.endpoint.annotation.ResponsePayload;
import org.w3c.dom.Element;
import tools.jackson.databind.json.JsonMapper;

/** RegistreerBewijs, RegistreerMutatieBewijs and AnnuleerBewijs. The answer's context holds the receipt. */
@Endpoint
final class LedEndpoint {
    private final LedRegistration registration;
    private final LedReplies replies;
    private final Receipts receipts;
    private final JsonMapper json;
    private final int atOnce;
    private final Map<Caller, Semaphore> turns = new ConcurrentHashMap<>();

    LedEndpoint(
            LedRegistration registration,
            LedReplies replies,
            Receipts receipts,
            JsonMapper json,
            LedSettings settings) {
        this.registration = registration;
        this.replies = replies;
        this.receipts = receipts;
        this.json = json;
        this.atOnce = settings.atOnce();
    }

    @PayloadRoot(
            namespace = "http://registreerbewijs.bewijsregistratiedienst.led.vlaanderen.be",
            localPart = "RegistreerBewijs")
    @ResponsePayload
    Element registreerBewijs(MessageContext context) {
        return answer(LedCall.of(context), registration::register);
    }

    @PayloadRoot(
            namespace = "http://webservice.registreermutatiebewijsdienst-02_00.led-02_00.vip.vlaanderen.be",
            localPart = "RegistreerMutatieBewijs")
    @ResponsePayload
    Element registreerMutatieBewijs(MessageContext context) {
        return answer(LedCall.of(context), registration::correct);
    }

    @PayloadRoot(
            namespace = "http://webservice.annuleerbewijsdienst-02_00.led-02_00.vip.vlaanderen.be",
            localPart = "AnnuleerBewijs")
    @ResponsePayload
    Element annuleerBewijs(MessageContext context) {
        return answer(LedCall.of(context), registration::annul);
    }

    private Element answer(LedCall call, BiFunction<LedCall, LedQuestion, Done> service) {
        return switch (call.entrance()) {
            case LedDoor.Entrance.Asked(LedQuestion question) -> inTurn(call, question, service);
            case LedDoor.Entrance.Answered(Element reply) -> reply;
            case LedDoor.Entrance.NoContext none -> throw new IllegalStateException("it was not let in");
        };
    }

    private Element inTurn(LedCall call, LedQuestion question, BiFunction<LedCall, LedQuestion, Done> service) {
        Semaphore turn = turns.computeIfAbsent(call.caller(), caller -> new Semaphore(atOnce));
        if (!turn.tryAcquire()) {
            return replies.refused(
                    question.service(), question.sender(), List.of(LedProblem.of(LedCode.TOO_MANY_AT_ONCE)));
        }
        try {
            Done done = service.apply(call, question);
            Map<String, String> notes = new LinkedHashMap<>();
            notes.put("Bewijsreferte", done.place().stream().toString());
            notes.put("Ontvangstbewijs", json.writeValueAsString(receipts.of(done.place())));
            return replies.done(question, notes);
        } catch (RuntimeException failure) {
            return failed(question, ProblemAdvice.map(failure));
        } finally {
            turn.release();
        }
    }

    private Element failed(LedQuestion question, ProblemException problem) {
        LedCode gravest = LedCode.of(problem.code());
        if (gravest == LedCode.NOT_AVAILABLE || gravest == LedCode.TOO_MANY_AT_ONCE) {
            return replies.refused(
                    question.service(), question.sender(), List.of(new LedProblem(gravest, problem.code(), null)));
        }
        List<LedProblem> problems = problem.errors().stream()
                .map(place -> new LedProblem(LedCode.of(place.code()), place.code(), element(place.pointer())))
                .toList();
        return replies.unanswered(
                question, problems.isEmpty() ? List.of(new LedProblem(gravest, problem.code(), null)) : problems);
    }

    private static @Nullable String element(String pointer) {
        String element = LedQuestion.element(pointer);
        return element.isEmpty() ? null : element;
    }
}
