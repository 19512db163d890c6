package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Abuse case 12: that somebody is known, or has a record, does not show in the work of an answer: the same number of
 * statements, and of events whose key is unwrapped and that are opened. Of time itself {@code ./dev bench timing} tells.
 */
class EqualWorkTest {
    private static final int TIMES = 7;
    private static final String MASTER = "{\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":7},\"on\":\"2026-01-01\"}";
    private static final String DOCTOR = "{\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":8},\"on\":\"2026-01-01\"}";

    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private static final Insz KNOWN = Deliveries.person();
    private static final Insz LOST_IT = Deliveries.person();
    private static final Insz UNKNOWN = Deliveries.person();

    private final RunningQuery query = service.query();

    /** What one request takes. */
    private record Work(long statements, long opened) {}

    @BeforeAll
    static void register() {
        TestRegistry registry = service.fixture().registry();
        registry.register(KNOWN);
        // known, and what stood under this number was another's
        Registered lost = registry.register(LOST_IT);
        Registered other = registry.register(Deliveries.person());
        registry.move(lost.reference(), lost.holder(), other.holder());
        EventPlace last = registry.grant(Examples.mandate("timed", "timing", "basis", "derived", "pseudonym"));
        service.fixture().relay().publishAll();
        Deliveries.awaitProjected(service.query(), last.position());
    }

    private static String[] asking() {
        String[] headers = RunningQuery.agency();
        headers[1] = "agency:timed";
        headers[3] = "timing";
        return headers;
    }

    private Answer consult(Insz insz) {
        return query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", asking());
    }

    private Answer consult(Insz insz, String asOf) {
        return query.post(
                "/v1/consultations", "{\"insz\":\"" + insz.digits() + "\",\"asOf\":\"" + asOf + "\"}", asking());
    }

    private Answer holds(Insz insz, String question) {
        return query.post(
                "/v1/predicates", "{\"insz\":\"" + insz.digits() + "\",\"question\":" + question + "}", asking());
    }

    /** The least of several: now and then a request does what is due each second too, such as reading versions of keys. */
    private Work of(Supplier<Answer> request, String answered) {
        MeterRegistry metrics = query.bean(MeterRegistry.class);
        Deliveries.eventually().until(() -> request.get().status() == 200);
        try (RequestStatements statements = new RequestStatements()) {
            return IntStream.range(0, TIMES)
                    .mapToObj(time -> {
                        long sent = statements.sent();
                        double opened =
                                metrics.counter("diplomatics.disclosure.opened").count();
                        assertThat(request.get().response().body()).contains(answered);
                        return new Work(
                                statements.sent() - sent,
                                Math.round(metrics.counter("diplomatics.disclosure.opened")
                                                .count()
                                        - opened));
                    })
                    .min((one, other) -> Long.compare(one.statements(), other.statements()))
                    .orElseThrow();
        }
    }

    @Test
    void aConsultationAboutNobodyIsTheWorkOfOneAboutSomebodyWithARecord() {
        Work found = of(() -> consult(KNOWN), "\"FOUND\"");
        assertThat(found.statements()).isGreaterThanOrEqualTo(4);
        assertThat(found.opened()).isEqualTo(2);
        assertThat(of(() -> consult(UNKNOWN), "NOT_FOUND")).isEqualTo(found);
    }

    @Test
    void neitherDoesItShowThatSomebodyIsKnownWhoHadNoRecordYet() {
        String before = "2001-01-01T00:00:00Z";
        Work known = of(() -> consult(KNOWN, before), "NOT_FOUND");
        assertThat(of(() -> consult(UNKNOWN, before), "NOT_FOUND")).isEqualTo(known);
    }

    @Test
    void aRecordThatWasMovedAwayIsWorkStill() {
        Work moved = of(() -> consult(LOST_IT), "NOT_FOUND");
        assertThat(moved.statements())
                .isEqualTo(of(() -> consult(UNKNOWN), "NOT_FOUND").statements());
    }

    @ParameterizedTest
    @ValueSource(strings = {MASTER, DOCTOR})
    void yesAndNoAndNobodyAreTheSameWork(String question) {
        Work somebody = of(() -> holds(KNOWN, question), "\"answer\":" + question.equals(MASTER));
        assertThat(somebody.opened()).isEqualTo(2);
        assertThat(of(() -> holds(UNKNOWN, question), "\"answer\":false")).isEqualTo(somebody);
    }

    @Test
    void somebodyKnownWithoutAnyRecordIsTheWorkOfOneWithARecord() {
        Insz insz = Deliveries.person();
        EventPlace known = service.fixture().registry().identify(insz);
        service.fixture().relay().publishAll();
        Deliveries.awaitProjected(query, known.position());
        assertThat(of(() -> consult(insz), "NOT_FOUND")).isEqualTo(of(() -> consult(KNOWN), "\"FOUND\""));
    }

    @Test
    void openingACaseAboutNobodyIsTheWorkOfOneAboutSomebody() {
        Work known = of(() -> openCase(KNOWN), "caseId");
        assertThat(known.opened()).isZero();
        assertThat(of(() -> openCase(UNKNOWN), "caseId")).isEqualTo(known);
        // whoever is new is looked at while a case waits, and that would count among the others' work
        Deliveries.eventually()
                .until(() -> service.fixture()
                                .count(Database.ACCESSLOG, "SELECT max(position) FROM accesslog.notice_progress")
                        == service.fixture().store().head().position());
        for (Insz insz : List.of(KNOWN, UNKNOWN)) {
            String caseId = openCase(insz).json().path("caseId").asString();
            assertThat(query.send("POST", "/v1/cases/" + caseId + "/closure", null, asking())
                            .status())
                    .isEqualTo(200);
        }
    }

    private Answer openCase(Insz insz) {
        return query.post("/v1/cases", "{\"insz\":\"" + insz.digits() + "\"}", asking());
    }
}
