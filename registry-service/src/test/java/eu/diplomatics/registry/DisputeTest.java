package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.qualification.Dispute;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** R04, R28, L04: who a record is about disputes it, and who registered it has to settle that in time. */
class DisputeTest {
    private static final String ONE = "/v1/qualifications/{reference}";
    private static final String OPEN = "/v1/disputes";
    private static final AtomicInteger PEOPLE = new AtomicInteger(40_000);
    private static final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private static final RegistryFixture registry = RegistryFixture.prepared()
            .with("DIPLOMATICS_DISPUTES_LOOK", "1s")
            .at(now::get)
            .start();

    private final Client supplier = registry.client();
    private final Client controller = supplier.as("controller:steering");
    private final OpenApi api = new OpenApi(supplier);
    private final String insz = somebody();
    private final Client citizen = supplier.as("citizen:" + insz);

    @AfterAll
    static void stop() {
        registry.close();
    }

    private static String somebody() {
        return Samples.insz(PEOPLE.getAndIncrement());
    }

    private String registered(String whose) {
        Answer answer = supplier.post("/v1/qualifications", Samples.registration(Samples.reference(), whose));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.header("Location");
    }

    private Answer dispute(Client as, String location) {
        return post(as, location, "", Samples.reason("WRONG_NAME"));
    }

    private Answer settle(Client as, String location, String outcome) {
        return post(as, location, "/settlement", """
                {"outcome":"%s","reasonCode":"CHECKED","reason":"held against the files"}""".formatted(outcome));
    }

    private Answer withdraw(Client as, String location) {
        return post(as, location, "/withdrawal", Samples.reason("MY_MISTAKE"));
    }

    private Answer post(Client as, String location, String what, String body) {
        return api.check("POST", ONE + "/dispute" + what, as.post(location + "/dispute" + what, body));
    }

    private JsonNode open(Client as, String query) {
        Answer answer = api.check("GET", OPEN, as.get(OPEN + query));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode about(String location, JsonNode page) {
        for (JsonNode each : page.path("disputes")) {
            if (location.endsWith(each.path("reference").asString())) {
                return each;
            }
        }
        return page.path("none");
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void a_citizen_disputes_their_record_once_with_a_receipt() {
        String location = registered(insz);
        Answer first = dispute(citizen, location);
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(first.json().path("version").asInt()).isEqualTo(2);
        assertThat(first.header("ETag")).isEqualTo("\"2\"");
        assertThat(first.text()).doesNotContain(insz);
        Answer again = dispute(citizen, location);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(dispute(controller, location).json())
                .as("by the controller for them")
                .isEqualTo(first.json());
    }

    @Test
    void what_is_another_persons_is_as_if_it_were_not_there() {
        String location = registered(somebody());
        refused(dispute(citizen, location), 404, "UNKNOWN_REFERENCE");
        assertThat(dispute(controller, location).status()).isEqualTo(201);
        refused(withdraw(citizen, location), 404, "UNKNOWN_REFERENCE");
        refused(settle(supplier.as("supplier:ugent"), location, "UPHELD"), 404, "UNKNOWN_REFERENCE");
        refused(dispute(citizen, "/v1/qualifications/nothing"), 404, "UNKNOWN_REFERENCE");
        refused(dispute(supplier, location), 403, "NOT_ALLOWED");
        refused(settle(citizen, location, "UPHELD"), 403, "NOT_ALLOWED");
    }

    /** L10: whose a record is, is as a consultation has it. */
    @Test
    void a_record_is_theirs_that_was_linked_with_their_number_and_not_one_that_was_moved_away() {
        String local = "L-" + Samples.reference();
        Answer unnumbered =
                supplier.post("/v1/qualifications", Samples.withoutNumber(Samples.reference(), local, "Ní Bhriain"));
        String location = unnumbered.header("Location");
        refused(dispute(citizen, location), 404, "UNKNOWN_REFERENCE");
        Answer linked = supplier.post("/v1/holders/links", """
                {"localNumber":"%s","insz":"%s","reasonCode":"LATE","reason":"number received"}""".formatted(local, insz));
        assertThat(linked.status()).as(linked.text()).isEqualTo(201);
        assertThat(dispute(citizen, location).status()).isEqualTo(201);

        String moved = registered(insz);
        String other = somebody();
        assertThat(supplier.post(moved + "/holder", """
                {"holder":{"insz":"%s"},"reasonCode":"WRONG_PERSON","reason":"two cousins"}""".formatted(other)).status())
                .isEqualTo(200);
        refused(dispute(citizen, moved), 404, "UNKNOWN_REFERENCE");
        assertThat(dispute(supplier.as("citizen:" + other), moved).status()).isEqualTo(201);
    }

    @Test
    void is_settled_as_changed_only_once_something_was_changed() {
        String location = registered(insz);
        refused(settle(supplier, location, "UPHELD"), 409, "WRONG_STATE");
        dispute(citizen, location);
        refused(settle(supplier, location, "CHANGED"), 409, "WRONG_STATE");
        Answer corrected =
                supplier.with("If-Match", "\"1\"").put(location, Samples.correction("Master of Science in sociology"));
        assertThat(corrected.status()).as(corrected.text()).isEqualTo(200);
        refused(
                supplier.with("If-Match", "\"2\"").put(location, Samples.correction("Master of Arts")),
                412,
                "VERSION_STALE");
        Answer settled = settle(supplier, location, "CHANGED");
        assertThat(settled.status()).as(settled.text()).isEqualTo(200);
        assertThat(settle(supplier, location, "CHANGED").json()).isEqualTo(settled.json());
        assertThat(dispute(citizen, location).status()).as("a new one").isEqualTo(201);
        assertThat(settle(controller, location, "UPHELD").status()).isEqualTo(200);
    }

    @Test
    void who_disputes_may_withdraw_it() {
        String location = registered(insz);
        refused(withdraw(citizen, location), 409, "WRONG_STATE");
        dispute(citizen, location);
        assertThat(withdraw(citizen, location).status()).isEqualTo(200);
        assertThat(withdraw(citizen, location).status()).as("again").isEqualTo(200);
        refused(settle(supplier, location, "UPHELD"), 409, "WRONG_STATE");
        assertThat(about(location, open(supplier, "?limit=500")).isMissingNode())
                .isTrue();
    }

    @Test
    void whoever_registered_it_sees_until_when_it_is_to_be_settled_and_others_see_nothing() {
        String location = registered(insz);
        dispute(citizen, location);
        JsonNode one = about(location, open(supplier, "?limit=500"));
        LocalDate day = now.get().atZone(ZoneId.of("Europe/Brussels")).toLocalDate();
        assertThat(one.path("respondBy").asString()).isEqualTo(day.plusDays(30).toString());
        assertThat(one.path("overdue").asBoolean()).isFalse();
        assertThat(one.toString()).doesNotContain(insz).doesNotContain("faculty");
        assertThat(one.path("supplierReference").asString()).startsWith("TEST-");
        JsonNode overseen = about(location, open(controller, "?limit=500"));
        assertThat(overseen.path("respondBy")).isEqualTo(one.path("respondBy"));
        assertThat(overseen.has("supplierReference")).isFalse();
        assertThat(about(location, open(supplier.as("supplier:ugent"), "?limit=500"))
                        .isMissingNode())
                .isTrue();

        now.updateAndGet(before -> before.plus(Duration.ofDays(30)));
        assertThat(about(location, open(supplier, "?limit=500")).path("overdue").asBoolean())
                .as("on the last day")
                .isFalse();
        now.updateAndGet(before -> before.plus(Duration.ofDays(1)));
        assertThat(about(location, open(supplier, "?limit=500")).path("overdue").asBoolean())
                .isTrue();
        settle(supplier, location, "UPHELD");
        assertThat(about(location, open(supplier, "?limit=500")).isMissingNode())
                .isTrue();
    }

    @Test
    void the_list_goes_on_where_a_page_ended() {
        String first = registered(insz);
        String second = registered(insz);
        dispute(citizen, first);
        dispute(citizen, second);
        long before =
                about(first, open(supplier, "?limit=500")).path("position").asLong() - 1;
        JsonNode page = open(supplier, "?limit=1&after=" + before);
        assertThat(page.path("disputes").size()).isEqualTo(1);
        assertThat(about(first, page).isObject()).isTrue();
        JsonNode next = open(supplier, "?limit=1&after=" + page.path("next").asLong());
        assertThat(about(second, next).isObject()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/settlement, '{\"reasonCode\":\"X\",\"reason\":\"y\"}', 422, FIELD_REQUIRED, /outcome",
        "/settlement, '{\"outcome\":\"WITHDRAWN\",\"reasonCode\":\"X\",\"reason\":\"y\"}', 400, MALFORMED, /outcome",
        "/settlement, '{\"outcome\":\"UPHELD\",\"reason\":\"y\"}', 422, FIELD_REQUIRED, /reasonCode",
        "'', '{\"reasonCode\":\"X\"}', 422, FIELD_REQUIRED, /reason",
        "'', '{\"reasonCode\":\"X\",\"reason\":\"y\",\"respondBy\":\"2099-01-01\"}', 400, UNKNOWN_FIELD, /respondBy"
    })
    void bad_input_names_its_place(String what, String body, int status, String code, String pointer) {
        String location = registered(insz);
        Answer answer = post(controller, location, what, body);
        refused(answer, status, code);
        assertThat(answer.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo(pointer);
    }

    @ParameterizedTest
    @CsvSource({"limit=0", "limit=501", "limit=x", "after=-1", "after=9223372036854775807"})
    void bounds_of_a_page_are_told(String query) {
        refused(api.check("GET", OPEN, supplier.get(OPEN + "?" + query)), 400, "MALFORMED");
    }

    private double gauge(String name) {
        return registry.bean(MeterRegistry.class).get(name).gauge().value();
    }

    @Test
    void one_that_is_not_settled_in_time_raises_an_alarm_until_it_is() {
        now.updateAndGet(before -> before.plus(Duration.ofDays(31)));
        int before = lateOf(supplier);
        await().atMost(Duration.ofMinutes(1)).until(() -> gauge("diplomatics.disputes.overdue") == before);
        String location = registered(insz);
        dispute(citizen, location);
        now.updateAndGet(day -> day.plus(Duration.ofDays(31)));
        int after = lateOf(supplier);
        assertThat(after).isGreaterThan(before);
        await().atMost(Duration.ofMinutes(1)).until(() -> gauge("diplomatics.disputes.overdue") == after);
        settle(supplier, location, "UPHELD");
        await().atMost(Duration.ofMinutes(1)).until(() -> gauge("diplomatics.disputes.overdue") == after - 1);
        assertThat(gauge("diplomatics.disputes.open")).isGreaterThanOrEqualTo(after - 1);
    }

    private int lateOf(Client who) {
        int late = 0;
        for (JsonNode each : open(who, "?limit=500").path("disputes")) {
            late += each.path("overdue").asBoolean() ? 1 : 0;
        }
        return late;
    }

    /** What one of them wrote is nothing that the other may end, or is asked about. */
    @Test
    void what_turns_out_to_be_another_persons_is_disputed_no_more() {
        String location = registered(insz);
        String other = somebody();
        dispute(citizen, location);
        assertThat(supplier.post(location + "/holder", """
                {"holder":{"insz":"%s"},"reasonCode":"WRONG_PERSON","reason":"two cousins"}""".formatted(other)).status())
                .isEqualTo(200);
        assertThat(about(location, open(supplier, "?limit=500")).isMissingNode())
                .isTrue();
        refused(withdraw(citizen, location), 404, "UNKNOWN_REFERENCE");
        refused(withdraw(supplier.as("citizen:" + other), location), 409, "WRONG_STATE");
    }

    @Test
    void a_person_disputes_a_record_a_few_times_and_then_writes_to_the_controller() {
        String location = registered(insz);
        for (int i = 0; i < Dispute.MOST_BY_PERSON; i++) {
            assertThat(dispute(citizen, location).status()).isEqualTo(201);
            assertThat(withdraw(citizen, location).status()).isEqualTo(200);
        }
        refused(dispute(citizen, location), 409, "WRONG_STATE");
        assertThat(dispute(controller, location).status()).isEqualTo(201);
    }

    /** R35: who acted is in the event, without the number of whose record it is. */
    @Test
    void the_event_says_who_acted() {
        String location = registered(insz);
        dispute(citizen, location);
        withdraw(citizen, location);
        dispute(controller, location);
        List<OpenedEvent> events = registry.bean(EventVault.class)
                .open(registry.bean(EventReader.class).stream(
                        UUID.fromString(location.substring(location.lastIndexOf('/') + 1))));
        assertThat(events)
                .extracting(event -> event.metadata().actor())
                .containsExactly("supplier:kuleuven", "citizen", "citizen", "controller:steering");
        assertThat(events.getLast().event()).isInstanceOf(QualificationDisputed.class);
    }
}
