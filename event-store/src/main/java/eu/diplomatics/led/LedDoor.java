package eu.diplomatics.led;

import eu.diplomatics.led.LedQuestion.Sender;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Element;

/** From a body's element to a question that can be answered, or to the answer that it is none. */
public final class LedDoor {
    private final LedSchemas schemas;
    private final LedReplies replies;

    public LedDoor(LedSchemas schemas, LedReplies replies) {
        this.schemas = schemas;
        this.replies = replies;
    }

    /** What came of a body. */
    public sealed interface Entrance {
        record Asked(LedQuestion question) implements Entrance {}

        /** Nothing was asked of any record. */
        record Answered(Element reply) implements Entrance {}

        /** Not even its context can be used, so there is nobody to answer to. */
        record NoContext() implements Entrance {}
    }

    public Entrance enter(LedService service, Element payload) {
        Optional<Sender> sender = Elements.at(payload, "Verzoek", "Context").flatMap(LedQuestion::sender);
        if (sender.isEmpty()) {
            return new Entrance.NoContext();
        }
        Optional<String> violation = schemas.violation(service, payload);
        if (violation.isPresent()) {
            return new Entrance.Answered(replies.refused(
                    service, sender.get(), List.of(new LedProblem(LedCode.SCHEMA, "MALFORMED", violation.get()))));
        }
        LedQuestion question = LedQuestion.of(service, payload);
        if (!question.version().startsWith(LedService.MAJOR)) {
            return new Entrance.Answered(replies.refused(
                    service,
                    sender.get(),
                    List.of(new LedProblem(LedCode.VERSION_UNKNOWN, "MALFORMED", "Verzoek/Context/Versie"))));
        }
        if (!LedQuestion.isVisible(question.reference())) {
            return new Entrance.Answered(replies.refused(
                    service,
                    sender.get(),
                    List.of(new LedProblem(
                            LedCode.ILLEGAL_CHARACTER, "ILLEGAL_CHARACTER", "Verzoek/Vragen/Vraag/Referte"))));
        }
        return new Entrance.Asked(question);
    }
}
