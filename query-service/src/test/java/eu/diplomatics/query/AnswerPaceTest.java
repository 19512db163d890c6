package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Abuse case 12: whatever is answered, and a refusal too, leaves at the end of a step, and never before. */
class AnswerPaceTest {
    private static final Duration STEP = Duration.ofMillis(400);
    private static final String FIELD = "{\"field\":\"0314\",\"on\":\"2026-01-01\"}";

    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass("diplomatics.answers.pace=400ms");

    private final RunningQuery query = service.query();
    private final Insz known = Deliveries.person();
    private final Insz unknown = Deliveries.person();

    private static void takesAStep(String what, int status, Supplier<RunningQuery.Answer> asked) {
        long started = System.nanoTime();
        RunningQuery.Answer answer = asked.get();
        Duration taken = Duration.ofNanos(System.nanoTime() - started);
        assertThat(answer.status()).as(what).isEqualTo(status);
        assertThat(taken).as(what).isGreaterThanOrEqualTo(STEP);
    }

    private RunningQuery.Answer ask(String path, String body) {
        return query.post(path, body, RunningQuery.agency());
    }

    @Test
    void aHitAMissAndARefusalLeaveAtTheEndOfAStep() {
        Registered registered = service.fixture().registry().register(known);
        service.fixture().relay().publishAll();
        Deliveries.awaitProjected(query, registered.place().position());
        for (Insz insz : new Insz[] {known, unknown}) {
            String number = "\"" + insz.digits() + "\"";
            takesAStep("consult", 200, () -> ask("/v1/consultations", "{\"insz\":" + number + "}"));
            takesAStep(
                    "predicate",
                    200,
                    () -> ask("/v1/predicates", "{\"insz\":" + number + ",\"question\":" + FIELD + "}"));
            takesAStep("batch", 200, () -> ask("/v1/consultations/batch", "{\"insz\":[" + number + "]}"));
        }
        takesAStep("no number", 422, () -> ask("/v1/consultations", "{\"insz\":\"00000000000\"}"));
        String path = "/v1/qualifications/";
        takesAStep("read", 200, () -> query.read(path + registered.reference()));
        takesAStep("history", 200, () -> query.read(path + registered.reference() + "/history"));
        takesAStep("nothing there", 404, () -> query.read(path + UUID.randomUUID()));
        takesAStep("no history", 404, () -> query.read(path + UUID.randomUUID() + "/history"));
    }
}
