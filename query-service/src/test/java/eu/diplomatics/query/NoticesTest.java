package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitProjected;
import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import eu.diplomatics.sensitivity.Sensitivity;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** R05, R28, R35, L01, L04: GDPR article 19, what happens to a record is told to every agency that received it. */
class NoticesTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private static final AtomicInteger AGENCY = new AtomicInteger();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final String agency = "notified-" + AGENCY.incrementAndGet();

    private Registered registered(Insz insz) {
        Registered registered = fixture.registry().register(insz);
        published();
        return registered;
    }

    private void published() {
        fixture.relay().publishAll();
        awaitProjected(query, fixture.store().head().position());
    }

    private static String[] as(String agency) {
        String[] headers = RunningQuery.agency();
        headers[1] = "agency:" + agency;
        return headers;
    }

    private Answer consult(Insz insz, String whom) {
        Answer answer = query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", as(whom));
        assertThat(answer.status()).isEqualTo(200);
        return answer;
    }

    private Answer feed(String whom) {
        Answer answer = query.get("/v1/notices", "X-Caller", "agency:" + whom);
        assertThat(answer.status()).isEqualTo(200);
        return answer;
    }

    private Answer acknowledge(String whom, long upTo) {
        return query.post("/v1/notices/acknowledgements", "{\"upTo\":" + upTo + "}", "X-Caller", "agency:" + whom);
    }

    private static List<JsonNode> notices(Answer answer) {
        return StreamSupport.stream(answer.json().path("notices").spliterator(), false)
                .toList();
    }

    private List<JsonNode> awaitNotices(String whom, int count) {
        eventually().until(() -> feed(whom).json().path("last").asLong() >= count);
        return notices(feed(whom));
    }

    /** When somebody who is told after them has been told, so have all others. */
    private void awaitAllTold() {
        String last = "witness-" + AGENCY.incrementAndGet();
        Insz somebody = Deliveries.person();
        Registered registered = registered(somebody);
        consult(somebody, last);
        fixture.registry().annul(registered.reference());
        awaitNotices(last, 1);
    }

    @Test
    void anAgencyIsToldOfAllThatHappensToARecordItReceivedAndOfNothingElse() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        Registered other = registered(Deliveries.person());
        consult(insz, agency);
        fixture.registry().correct(other.reference(), Examples.secondary());
        fixture.registry().correct(registered.reference(), Examples.secondary());
        fixture.registry().annul(registered.reference());
        fixture.registry().reinstate(registered.reference());
        fixture.registry().dispute(registered.reference());
        fixture.registry().settle(registered.reference());
        Registered moved = fixture.registry().move(registered.reference(), registered.holder(), other.holder());

        List<JsonNode> notices = awaitNotices(agency, 6);
        assertThat(notices)
                .extracting(notice -> notice.path("kind").asString())
                .containsExactly("CORRECTED", "ANNULLED", "REINSTATED", "DISPUTED", "SETTLED", "MOVED");
        assertThat(notices)
                .extracting(notice -> notice.path("number").asLong())
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(notices)
                .extracting(notice -> notice.path("version").asLong())
                .containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(notices).allSatisfy(notice -> {
            assertThat(notice.propertyNames())
                    .containsExactlyInAnyOrder("number", "kind", "reference", "version", "position", "recordedAt");
            assertThat(notice.path("reference").asString())
                    .isEqualTo(registered.reference().toString());
        });
        assertThat(notices.getLast().path("position").asLong())
                .isEqualTo(moved.place().position());
        awaitAllTold();
        assertThat(feed(agency).json().path("last").asLong()).isEqualTo(6);
        assertThat(query.get("/v1/notices?after=1&limit=2", "X-Caller", "agency:" + agency)
                        .json()
                        .path("notices"))
                .extracting(notice -> notice.path("number").asLong())
                .containsExactly(2L, 3L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "read", "history", "as of a moment"})
    void itDoesNotMatterHowAnAgencyReceivedIt(String way) {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        String address = "/v1/qualifications/" + registered.reference();
        Answer answer = switch (way) {
            case "batch" -> query.post("/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", as(agency));
            case "read" -> query.get(address, as(agency));
            case "history" -> query.get(address + "/history", as(agency));
            default ->
                query.post(
                        "/v1/consultations",
                        "{\"insz\":\"" + insz.digits() + "\",\"asOf\":\""
                                + registered.place().recordedAt() + "\"}",
                        as(agency));
        };
        assertThat(answer.response().body()).contains("\"freshAsOf\"").doesNotContain("NOT_FOUND");
        fixture.registry().annul(registered.reference());
        assertThat(awaitNotices(agency, 1))
                .singleElement()
                .satisfies(notice -> assertThat(notice.path("kind").asString()).isEqualTo("ANNULLED"));
    }

    @Test
    void whoWasAnsweredYesOrNoOrNothingOrOnlyRefusedIsToldNothing() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        query.post(
                "/v1/predicates",
                "{\"insz\":\"" + insz.digits() + "\",\"question\":{\"field\":\"0314\",\"on\":\"2026-01-01\"}}",
                as(agency));
        consult(Deliveries.person(), agency);
        String without = "without-" + agency;
        fixture.registry().grant(Examples.mandate(without, "another", "basis"));
        eventually()
                .until(() -> query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", as(without))
                        .code()
                        .equals("NO_MANDATE"));
        fixture.registry().annul(registered.reference());
        awaitAllTold();
        assertThat(feed(agency).json().path("last").asLong()).isZero();
    }

    @Test
    void anAgencyWhoseAccessesAreKeptFromThePersonIsToldAlsoWhenItsMandateHasEnded() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        fixture.registry()
                .grant(new Mandate(
                        agency,
                        "job-mediation",
                        "Police Act",
                        List.of(Mandate.Question.CONSULT),
                        List.of("basis.degree"),
                        Sensitivity.PERSONAL,
                        new Mandate.Quota(100, 1_000),
                        new Mandate.Disclosure("Nothing.", Mandate.When.WITHHELD, null, "Police Act, article 44/1"),
                        "inquiries",
                        "which degree matters",
                        Examples.mandate("any", "any", "basis").validFrom(),
                        null));
        eventually().until(() -> !consult(insz, agency).response().body().contains("awardedOn"));
        fixture.registry().withdraw(agency, "job-mediation");
        eventually()
                .until(() -> query.post("/v1/consultations", "{\"insz\":\"" + insz.digits() + "\"}", as(agency))
                                .status()
                        == 403);
        fixture.registry().correct(registered.reference(), Examples.secondary());
        assertThat(awaitNotices(agency, 1)).hasSize(1);
    }

    @Test
    void anAnswerThatWasOlderThanWhatHappenedSinceIsNotForgotten() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        // the projection does not know of it yet, those who write notices have gone through it
        long position = fixture.registry().annul(registered.reference()).place().position();
        eventually()
                .until(() -> fixture.count(Database.ACCESSLOG, "SELECT max(position) FROM accesslog.notice_progress")
                        >= position);
        assertThat(consult(insz, agency)
                        .json()
                        .path("qualifications")
                        .path(0)
                        .path("state")
                        .asString())
                .isEqualTo("REGISTERED");
        assertThat(awaitNotices(agency, 1))
                .singleElement()
                .satisfies(
                        notice -> assertThat(notice.path("position").asLong()).isEqualTo(position));
        published();
        // and who received it as it is now is not told of what it was
        consult(insz, agency + "-later");
        awaitAllTold();
        assertThat(feed(agency + "-later").json().path("last").asLong()).isZero();
    }

    @Test
    void whatWasAcknowledgedIsGivenNoMoreAndKeptAndSentBySomeRebuildNeither() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        consult(insz, agency);
        fixture.registry().correct(registered.reference(), Examples.secondary());
        fixture.registry().annul(registered.reference());
        awaitNotices(agency, 2);
        assertThat(acknowledge(agency, 1).json().path("acknowledged").asLong()).isEqualTo(1);
        assertThat(notices(feed(agency)))
                .extracting(notice -> notice.path("number").asLong())
                .containsExactly(2L);
        // nothing is taken back
        assertThat(acknowledge(agency, 0).json().path("acknowledged").asLong()).isEqualTo(1);
        assertThat(acknowledge(agency, 2).json().path("last").asLong()).isEqualTo(2);
        assertThat(notices(feed(agency))).isEmpty();

        long kept = fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.notice");
        assertThat(query.post("/actuator/projection/rebuild", "{}").status()).isEqualTo(200);
        eventually().until(() -> !query.standing().path("rebuilding").asBoolean());
        // as if where it was had been lost: all of it is gone through again
        fixture.tamper(Database.ACCESSLOG, "UPDATE accesslog.notice_progress SET position = 0");
        eventually()
                .until(() -> fixture.count(
                                Database.ACCESSLOG,
                                "SELECT max(position) - (SELECT count(*) FROM accesslog.due) FROM accesslog.notice_progress")
                        >= fixture.store().head().position());
        assertThat(fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.notice"))
                .isEqualTo(kept);
        awaitAllTold();
        assertThat(notices(feed(agency))).isEmpty();
        assertThat(feed(agency).json().path("last").asLong()).isEqualTo(2);
    }

    @Test
    void nobodyAcknowledgesAnothersNoticesOrThoseThatAreToCome() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        consult(insz, agency);
        fixture.registry().annul(registered.reference());
        awaitNotices(agency, 1);
        Answer another = acknowledge(agency + "-other", 1);
        assertThat(another.status()).isEqualTo(400);
        assertThat(another.code()).isEqualTo("MALFORMED");
        assertThat(acknowledge(agency, 2).code()).isEqualTo("MALFORMED");
        assertThat(acknowledge(agency, -1).code()).isEqualTo("MALFORMED");
        assertThat(query.post("/v1/notices/acknowledgements", "{}", "X-Caller", "agency:" + agency)
                        .code())
                .isEqualTo("FIELD_REQUIRED");
        assertThat(notices(feed(agency))).hasSize(1);
        assertThat(feed(agency + "-other").json().path("last").asLong()).isZero();
        assertThat(query.get("/v1/notices?limit=501", "X-Caller", "agency:" + agency)
                        .code())
                .isEqualTo("MALFORMED");
        assertThat(query.get("/v1/notices?after=-1", "X-Caller", "agency:" + agency)
                        .code())
                .isEqualTo("MALFORMED");
    }

    @Test
    void whatIsToldAndAcknowledgedAndRefusedStandsInTheAccessLogAndALookWithoutNewsDoesNot() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        consult(insz, agency);
        long before = rows();
        assertThat(feed(agency).json().path("accessLogId").isMissingNode()).isTrue();
        assertThat(rows()).isEqualTo(before);
        fixture.registry().annul(registered.reference());
        awaitNotices(agency, 1);
        Answer told = feed(agency);
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(told.json().path("accessLogId").asString()).isNotEmpty();
        assertThat(row.path("caller").asString()).isEqualTo("AGENCY:" + agency);
        assertThat(row.path("operation").asString()).isEqualTo("NOTICES");
        assertThat(row.at("/disclosed/0/reference").asString())
                .isEqualTo(registered.reference().toString());
        acknowledge(agency, 1);
        assertThat(LoggedRows.newest(fixture).path("question").asString()).isEqualTo("upTo=1");
        for (String caller : List.of("supplier:KUL", "citizen:" + insz.digits(), "controller:ag", "dpo:jan")) {
            assertThat(query.get("/v1/notices", "X-Caller", caller).code()).isEqualTo("NOT_ALLOWED");
            row = LoggedRows.newest(fixture);
            assertThat(row.path("outcome").asString()).isEqualTo("NOT_ALLOWED");
            assertThat(row.toString()).doesNotContain(insz.digits());
        }
    }

    private long rows() {
        return fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry");
    }

    @Test
    void whoKeepsItReadsNeitherWhoReceivedWhichRecordNorWhatHappenedToIt() {
        Set<UUID> references = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Insz insz = Deliveries.person();
            Registered registered = registered(insz);
            references.add(registered.reference());
            consult(insz, agency);
            fixture.registry().annul(registered.reference());
        }
        awaitNotices(agency, 3);
        List<String> stored = new ArrayList<>();
        for (String table : List.of("recipient", "change", "due", "feed", "notice")) {
            stored.addAll(fixture.strings(Database.ACCESSLOG, "SELECT t::text FROM accesslog." + table + " t"));
        }
        assertThat(stored).isNotEmpty();
        String all = String.join("\n", stored);
        assertThat(all).doesNotContain(hex(agency), "ANNULLED", hex("ANNULLED"));
        references.forEach(reference -> assertThat(all)
                .doesNotContain(
                        reference.toString(),
                        hex(reference.toString()),
                        reference.toString().replace("-", "")));
        // the same agency is another for each record, and none of them is its feed
        assertThat(fixture.count(
                        Database.ACCESSLOG, "SELECT count(*) - count(DISTINCT agency) FROM accesslog.recipient"))
                .isZero();
        assertThat(fixture.count(
                        Database.ACCESSLOG,
                        "SELECT count(*) FROM accesslog.recipient r JOIN accesslog.feed f USING (agency)"))
                .isZero();
        assertThat(fixture.count(
                        Database.ACCESSLOG,
                        "SELECT count(*) FROM accesslog.recipient r JOIN accesslog.entry e ON e.subject = r.record"))
                .isZero();
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "recipient",
                "change",
                "due",
                "feed",
                "notice",
                "notice_progress",
                "agency_case",
                "case_stream",
                "case_news"
            })
    void theRolesOfTheServiceReadAndChangeNoTableOfIt(String table) throws SQLException {
        for (String role : List.of("notifier", "writer", "teller")) {
            Login login = fixture.database(Database.ACCESSLOG).role(role);
            try (Connection connection = DriverManager.getConnection(
                            fixture.database(Database.ACCESSLOG).url(), login.username(), login.password());
                    var statement = connection.createStatement()) {
                for (String sql : List.of("SELECT 1 FROM accesslog.", "DELETE FROM accesslog.")) {
                    assertThat(catchThrowableOfType(SQLException.class, () -> statement.execute(sql + table))
                                    .getSQLState())
                            .isEqualTo("42501");
                }
            }
        }
    }

    @Test
    void howLongAnAgencyHasNotAskedShowsWithoutItsName() {
        Insz insz = Deliveries.person();
        Registered registered = registered(insz);
        consult(insz, agency);
        fixture.registry().annul(registered.reference());
        awaitNotices(agency, 1);
        MeterRegistry metrics = query.bean(MeterRegistry.class);
        eventually().until(() -> waiting(metrics) >= 1);
        assertThat(metrics.get("diplomatics.notices.oldest").gauges()).allSatisfy(gauge -> {
            assertThat(gauge.value()).isGreaterThanOrEqualTo(0);
            assertThat(gauge.getId().getTag("feed")).matches("[0-9a-f]{12}");
        });
        double before = waiting(metrics);
        acknowledge(agency, 1);
        eventually().until(() -> waiting(metrics) <= before - 1);
        assertThat(metrics.get("diplomatics.notices.late").gauge().value()).isLessThan(60);
    }

    private static double waiting(MeterRegistry metrics) {
        return metrics.find("diplomatics.notices.waiting").gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }
}
