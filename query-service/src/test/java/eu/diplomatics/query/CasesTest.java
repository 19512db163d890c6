package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitProjected;
import static eu.diplomatics.query.Deliveries.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandate.Quota;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** R05, R24, R28, R36, L04: while an agency has a case about a person it is told what happens to their records, and nobody else. */
class CasesTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private static final AtomicInteger AGENCY = new AtomicInteger();
    private static final LocalDate TODAY = LocalDate.now(ZoneId.of("Europe/Brussels"));

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final TestRegistry registry = fixture.registry();
    private final String agency = "follower-" + AGENCY.incrementAndGet();

    private static String[] as(String agency, String purpose, String reference) {
        return new String[] {
            "X-Caller", "agency:" + agency, "X-Purpose", purpose, "X-Case", reference, "X-End-User", "u-1"
        };
    }

    private Answer open(String whom, Insz insz, String... more) {
        String until = more.length == 0 ? "" : ",\"until\":\"" + more[0] + "\"";
        return query.post(
                "/v1/cases", "{\"insz\":\"" + insz.digits() + "\"" + until + "}", as(whom, "job-mediation", "2026/17"));
    }

    private String opened(String whom, Insz insz) {
        Answer answer = open(whom, insz);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().path("caseId").asString();
    }

    private Answer close(String whom, String caseId) {
        return query.send("POST", "/v1/cases/" + caseId + "/closure", null, "X-Caller", "agency:" + whom);
    }

    private List<JsonNode> cases(String whom) {
        Answer answer = query.get("/v1/cases", "X-Caller", "agency:" + whom);
        assertThat(answer.status()).isEqualTo(200);
        return list(answer, "cases");
    }

    private static List<JsonNode> list(Answer answer, String name) {
        return StreamSupport.stream(answer.json().path(name).spliterator(), false)
                .toList();
    }

    private List<JsonNode> feed(String whom) {
        return list(query.get("/v1/notices", "X-Caller", "agency:" + whom), "notices");
    }

    private List<String> told(String whom) {
        return feed(whom).stream()
                .map(notice -> notice.path("kind").asString() + " "
                        + notice.path("reference").asString() + " "
                        + notice.path("version").asLong())
                .toList();
    }

    private void awaitTold(String whom, String... lines) {
        eventually().until(() -> told(whom).size() >= lines.length);
        assertThat(told(whom)).containsExactly(lines);
    }

    /** When somebody who is told after them has been told, so have all others. */
    private void awaitAllTold() {
        String witness = "case-witness-" + AGENCY.incrementAndGet();
        Insz somebody = Deliveries.person();
        opened(witness, somebody);
        registry.register(somebody);
        eventually().until(() -> told(witness).size() == 1);
    }

    private static String line(String kind, Registered record, long version) {
        return kind + " " + record.reference() + " " + version;
    }

    @Test
    void anOpenCaseIsToldOfAllThatHappensToThePersonsRecordsAndOfNothingBeforeOrAfter() {
        Insz insz = Deliveries.person();
        Registered first = registry.register(insz);
        Registered others = registry.register(Deliveries.person());
        registry.correct(first.reference(), Examples.secondary());
        String caseId = opened(agency, insz);
        Registered second = registry.register(insz);
        registry.correct(first.reference(), Examples.secondary());
        registry.annul(others.reference());
        registry.annul(second.reference());
        registry.reinstate(second.reference());
        registry.dispute(second.reference());
        registry.settle(second.reference());
        String[] all = {
            line("REGISTERED", second, 1),
            line("CORRECTED", first, 3),
            line("ANNULLED", second, 2),
            line("REINSTATED", second, 3),
            line("DISPUTED", second, 4),
            line("SETTLED", second, 5)
        };
        awaitTold(agency, all);
        assertThat(feed(agency)).allSatisfy(notice -> {
            assertThat(notice.propertyNames())
                    .containsExactlyInAnyOrder(
                            "number", "kind", "reference", "version", "position", "recordedAt", "caseId");
            assertThat(notice.path("caseId").asString()).isEqualTo(caseId);
        });
        assertThat(close(agency, caseId).status()).isEqualTo(200);
        // having been told of a record is not having received it
        registry.correct(first.reference(), Examples.secondary());
        awaitAllTold();
        assertThat(told(agency)).containsExactly(all);
        assertThat(told(agency + "-other")).isEmpty();
    }

    @Test
    void whatHappenedBeforeItWasClosedIsToldStill() {
        Insz insz = Deliveries.person();
        Registered record = registry.register(insz);
        String caseId = opened(agency, insz);
        registry.annul(record.reference());
        assertThat(close(agency, caseId).status()).isEqualTo(200);
        registry.reinstate(record.reference());
        awaitAllTold();
        awaitTold(agency, line("ANNULLED", record, 2));
    }

    @Test
    void eachCaseOfAnAgencyIsToldOnceAndWhoReceivedTheRecordBesides() {
        Insz insz = Deliveries.person();
        Registered record = registry.register(insz);
        fixture.relay().publishAll();
        awaitProjected(query, fixture.store().head().position());
        String body = "{\"insz\":\"" + insz.digits() + "\"}";
        assertThat(query.post("/v1/consultations", body, as(agency, "job-mediation", "2026/17"))
                        .status())
                .isEqualTo(200);
        String one = opened(agency, insz);
        String another = query.post("/v1/cases", body, as(agency, "study-grant", "2026/17"))
                .json()
                .path("caseId")
                .asString();
        registry.annul(record.reference());
        eventually().until(() -> feed(agency).size() >= 3);
        awaitAllTold();
        assertThat(feed(agency))
                .extracting(notice -> notice.path("caseId").asString(""))
                .containsExactlyInAnyOrder("", one, another);
    }

    @Test
    void somebodyWhomNobodyKnowsIsAnsweredTheSameAndFollowedFromTheFirstRecordOn() {
        Insz known = Deliveries.person();
        registry.register(known);
        Insz unknown = Deliveries.person();
        Answer about = open(agency, known);
        Answer aboutNobody = open(agency, unknown);
        assertThat(aboutNobody.status()).isEqualTo(200);
        assertThat(aboutNobody.json().propertyNames())
                .containsExactlyInAnyOrderElementsOf(about.json().propertyNames());
        assertThat(aboutNobody.json().path("until")).isEqualTo(about.json().path("until"));
        assertThat(cases(agency)).hasSize(2);
        Registered first = registry.register(unknown);
        awaitTold(agency, line("REGISTERED", first, 1));
        registry.correct(first.reference(), Examples.secondary());
        Registered second = registry.register(unknown);
        awaitTold(agency, line("REGISTERED", first, 1), line("CORRECTED", first, 2), line("REGISTERED", second, 1));
        assertThat(feed(agency))
                .extracting(notice -> notice.path("caseId").asString())
                .containsOnly(aboutNobody.json().path("caseId").asString());
    }

    @Test
    void aNumberThatReplacesThisOneIsThePersonsTooUntilThatIsUndone() {
        Insz insz = Deliveries.person();
        Registered mine = registry.register(insz);
        Registered later = registry.register(Deliveries.person());
        opened(agency, insz);
        UUID link = UUID.randomUUID();
        registry.link(link, LinkKind.NUMBER_REPLACED, mine.holder(), later.holder());
        awaitTold(agency, line("LINKED", later, 1));
        registry.correct(later.reference(), Examples.secondary());
        registry.correct(mine.reference(), Examples.secondary());
        awaitTold(agency, line("LINKED", later, 1), line("CORRECTED", later, 2), line("CORRECTED", mine, 2));
        registry.undo(link, mine.holder(), later.holder());
        eventually().until(() -> told(agency).size() >= 4);
        registry.annul(later.reference());
        registry.annul(mine.reference());
        awaitTold(
                agency,
                line("LINKED", later, 1),
                line("CORRECTED", later, 2),
                line("CORRECTED", mine, 2),
                line("PARTED", later, 2),
                line("ANNULLED", mine, 3));
    }

    @Test
    void whoWasLinkedBeforeTheCaseIsThePersonFromItsBeginning() {
        Insz insz = Deliveries.person();
        Registered mine = registry.register(insz);
        Registered later = registry.register(Deliveries.person());
        registry.link(UUID.randomUUID(), LinkKind.NUMBER_REPLACED, mine.holder(), later.holder());
        opened(agency, insz);
        registry.annul(later.reference());
        awaitTold(agency, line("ANNULLED", later, 2));
    }

    @Test
    void aRecordThatIsMovedLeavesOnePersonsCaseAndEntersTheOthers() {
        Insz wrong = Deliveries.person();
        Insz right = Deliveries.person();
        Registered record = registry.register(wrong);
        Registered other = registry.register(right);
        opened(agency, wrong);
        String receiver = agency + "-receiver";
        opened(receiver, right);
        registry.move(record.reference(), record.holder(), other.holder());
        registry.correct(record.reference(), Examples.secondary());
        awaitTold(receiver, line("MOVED", record, 2), line("CORRECTED", record, 3));
        awaitAllTold();
        awaitTold(agency, line("MOVED", record, 2));
        registry.annul(record.reference());
        awaitTold(receiver, line("MOVED", record, 2), line("CORRECTED", record, 3), line("ANNULLED", record, 4));
        // and one that was moved to them before a case was opened
        String late = agency + "-late";
        opened(late, right);
        registry.reinstate(record.reference());
        awaitTold(late, line("REINSTATED", record, 5));
        assertThat(told(agency)).hasSize(1);
    }

    @Test
    void aCaseIsRenewedWhereItIsOpenAndEndsByItself() {
        Insz insz = Deliveries.person();
        Registered record = registry.register(insz);
        LocalDate until = TODAY.plusDays(30);
        Answer first = open(agency, insz, until.toString());
        assertThat(first.json().path("until").asString()).isEqualTo(until.toString());
        Answer again = open(agency, insz);
        assertThat(again.json().path("caseId")).isEqualTo(first.json().path("caseId"));
        assertThat(again.json().path("after")).isEqualTo(first.json().path("after"));
        assertThat(again.json().path("until").asString())
                .isEqualTo(TODAY.plusYears(1).toString());
        assertThat(cases(agency)).singleElement().satisfies(each -> {
            assertThat(each.propertyNames())
                    .containsExactlyInAnyOrder("caseId", "purpose", "caseReference", "openedAt", "until");
            assertThat(each.path("caseReference").asString()).isEqualTo("2026/17");
            assertThat(each.path("purpose").asString()).isEqualTo("job-mediation");
            assertThat(each.path("until").asString())
                    .isEqualTo(TODAY.plusYears(1).toString());
        });
        for (String wrong : List.of(
                TODAY.plusYears(1).plusDays(1).toString(), TODAY.minusDays(1).toString(), "soon")) {
            assertThat(open(agency, insz, wrong).code()).isEqualTo("MALFORMED");
        }
        fixture.tamper(
                Database.ACCESSLOG,
                "UPDATE accesslog.agency_case SET until = now() - interval '1 second' WHERE id = '"
                        + first.json().path("caseId").asString() + "'");
        assertThat(cases(agency)).isEmpty();
        registry.annul(record.reference());
        awaitAllTold();
        assertThat(told(agency)).isEmpty();
    }

    @Test
    void aMandateThatEndsEndsWhatItsCasesAreToldAlsoWhenItIsGrantedAnew() {
        Insz insz = Deliveries.person();
        Registered record = registry.register(insz);
        registry.grant(Examples.mandate(agency, "job-mediation", "basis"));
        // until that is known, who was never granted anything is answered by the sample
        eventually()
                .until(() -> query.post("/v1/cases", "{\"insz\":\"" + insz.digits() + "\"}", as(agency, "another", "1"))
                        .code()
                        .equals("NO_MANDATE"));
        opened(agency, insz);
        assertThat(cases(agency)).hasSize(1);
        registry.withdraw(agency, "job-mediation");
        eventually().until(() -> open(agency, insz).code().equals("NO_MANDATE"));
        assertThat(cases(agency)).isEmpty();
        registry.correct(record.reference(), Examples.secondary());
        awaitAllTold();
        registry.grant(Examples.mandate(agency, "job-mediation", "basis"));
        eventually().until(() -> open(agency, Deliveries.person()).status() == 200);
        registry.annul(record.reference());
        awaitAllTold();
        assertThat(told(agency)).isEmpty();
        opened(agency, insz);
        registry.reinstate(record.reference());
        awaitTold(agency, line("REINSTATED", record, 4));
    }

    @Test
    void aMandateThatDoesNotNameItAllowsNoCase() {
        registry.grant(Examples.mandate(
                agency, "job-mediation", List.of(Question.CONSULT, Question.READ), new Quota(100, 100), "basis"));
        eventually().until(() -> open(agency, Deliveries.person()).code().equals("NOT_IN_MANDATE"));
        assertThat(cases(agency)).isEmpty();
    }

    @Test
    void whoTriesNumbersByOpeningCasesIsStoppedByTheQuotaOfItsMandate() {
        registry.grant(
                Examples.mandate(agency, "job-mediation", List.of(Question.FOLLOW), new Quota(5, 5), "basis.degree"));
        eventually()
                .until(() -> query.post(
                                "/v1/consultations",
                                "{\"insz\":\"" + Deliveries.person().digits() + "\"}",
                                as(agency, "job-mediation", "1"))
                        .code()
                        .equals("NOT_IN_MANDATE"));
        for (int i = 0; i < 5; i++) {
            opened(agency, Deliveries.person());
        }
        Answer sixth = open(agency, Deliveries.person());
        assertThat(sixth.status()).isEqualTo(429);
        assertThat(sixth.code()).isEqualTo("QUOTA_EXCEEDED");
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(row.path("operation").asString()).isEqualTo("OPEN_CASE");
        assertThat(row.path("outcome").asString()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(cases(agency)).hasSize(5);
    }

    @Test
    void thatItWasOpenedStandsInTheAccessLogAndThePersonSeesIt() {
        Insz insz = Deliveries.person();
        opened(agency, insz);
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(row.path("caller").asString()).isEqualTo("AGENCY:" + agency);
        assertThat(row.path("operation").asString()).isEqualTo("OPEN_CASE");
        assertThat(row.path("outcome").asString()).isEqualTo("OPENED");
        assertThat(row.path("case").asString()).isEqualTo("2026/17");
        assertThat(row.path("question").asString()).isEqualTo("until=" + TODAY.plusYears(1));
        assertThat(row.toString()).doesNotContain(insz.digits());
        JsonNode seen = query.get("/v1/access-log/mine", "X-Caller", "citizen:" + insz.digits())
                .json()
                .path("accesses");
        assertThat(seen).singleElement().satisfies(access -> {
            assertThat(access.at("/by/id").asString()).isEqualTo(agency);
            assertThat(access.path("operation").asString()).isEqualTo("OPEN_CASE");
            assertThat(access.path("outcome").asString()).isEqualTo("FOLLOWED");
        });
    }

    @Test
    void nobodyListsOrClosesAnothersCasesAndOnlyAgenciesHaveAny() {
        Insz insz = Deliveries.person();
        Registered record = registry.register(insz);
        String caseId = opened(agency, insz);
        String another = agency + "-other";
        assertThat(cases(another)).isEmpty();
        Answer refused = close(another, caseId);
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.code()).isEqualTo("UNKNOWN_REFERENCE");
        for (String caller : List.of("supplier:KUL", "citizen:" + insz.digits(), "controller:ag", "dpo:jan")) {
            assertThat(query.get("/v1/cases", "X-Caller", caller).code()).isEqualTo("NOT_ALLOWED");
            assertThat(query.send("POST", "/v1/cases/" + caseId + "/closure", null, "X-Caller", caller)
                            .code())
                    .isEqualTo("NOT_ALLOWED");
            String[] asking = as(agency, "job-mediation", "2026/17");
            asking[1] = caller;
            assertThat(query.post("/v1/cases", "{\"insz\":\"" + insz.digits() + "\"}", asking)
                            .code())
                    .isEqualTo("NOT_ALLOWED");
        }
        registry.annul(record.reference());
        awaitTold(agency, line("ANNULLED", record, 2));
        assertThat(feed(another)).isEmpty();
    }

    @Test
    void itTakesANumberAPurposeAndAPage() {
        assertThat(query.post("/v1/cases", "{}", as(agency, "job-mediation", "1"))
                        .code())
                .isEqualTo("FIELD_REQUIRED");
        assertThat(query.post("/v1/cases", "{\"insz\":\"85073003329\"}", as(agency, "job-mediation", "1"))
                        .status())
                .isEqualTo(422);
        assertThat(query.post(
                                "/v1/cases",
                                "{\"insz\":\"" + Deliveries.person().digits() + "\"}",
                                "X-Caller",
                                "agency:" + agency)
                        .code())
                .isEqualTo("PURPOSE_REQUIRED");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(opened(agency, Deliveries.person()));
        }
        Answer page = query.get("/v1/cases?limit=2", "X-Caller", "agency:" + agency);
        List<JsonNode> found = new ArrayList<>(list(page, "cases"));
        assertThat(found).hasSize(2);
        Answer rest =
                query.get("/v1/cases?after=" + page.json().path("next").asString(), "X-Caller", "agency:" + agency);
        assertThat(rest.json().path("next").isMissingNode()).isTrue();
        found.addAll(list(rest, "cases"));
        assertThat(found).extracting(each -> each.path("caseId").asString()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(query.get("/v1/cases?limit=501", "X-Caller", "agency:" + agency)
                        .code())
                .isEqualTo("MALFORMED");
    }

    @Test
    void whoKeepsItReadsNeitherWhomNorWhatItIsAbout() {
        Insz insz = Deliveries.person();
        Registered record = registry.register(insz);
        opened(agency, insz);
        opened(agency + "-other", insz);
        registry.annul(record.reference());
        awaitTold(agency, line("ANNULLED", record, 2));
        List<String> stored = new ArrayList<>();
        for (String table : List.of("agency_case", "case_stream", "case_news", "notice", "feed")) {
            stored.addAll(fixture.strings(Database.ACCESSLOG, "SELECT t::text FROM accesslog." + table + " t"));
        }
        assertThat(stored).isNotEmpty();
        String all = String.join("\n", stored);
        for (String secret : List.of(
                agency,
                insz.digits(),
                "2026/17",
                "job-mediation",
                record.reference().toString(),
                record.holder().toString())) {
            assertThat(all).doesNotContain(secret, hex(secret), secret.replace("-", ""));
        }
        assertThat(fixture.count(
                        Database.ACCESSLOG,
                        "SELECT count(*) FROM accesslog.agency_case c JOIN accesslog.entry e ON e.subject = c.person"))
                .isZero();
        assertThat(fixture.count(
                        Database.ACCESSLOG,
                        "SELECT count(*) FROM accesslog.agency_case c JOIN accesslog.feed f ON f.agency = c.agency"))
                .isZero();
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
