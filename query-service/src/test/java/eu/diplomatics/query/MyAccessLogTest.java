package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandate.Disclosure;
import eu.diplomatics.qualification.Mandate.When;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R02, R05, R28, L08: a citizen reads who looked at what is theirs, when and why, and nothing that a law keeps back. */
class MyAccessLogTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private static final String MINE = "/v1/access-log/mine";
    private static final LocalDate TODAY = LocalDate.now(ZoneId.of("Europe/Brussels"));

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final String agency = "agency-" + UUID.randomUUID();
    private final Insz insz = Deliveries.person();
    private final Registered registered = fixture.registry().register(insz);

    @BeforeEach
    void awaitPerson() {
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, registered.place().position());
    }

    private String[] asking(String purpose) {
        String[] headers = RunningQuery.agency();
        headers[1] = "agency:" + agency;
        headers[3] = purpose;
        return headers;
    }

    private Answer consult(Insz person, String purpose) {
        return query.post("/v1/consultations", "{\"insz\":\"" + person.digits() + "\"}", asking(purpose));
    }

    private void grant(String purpose, When when, @Nullable LocalDate from, String sees) {
        Mandate some = Examples.mandate(agency, purpose, "basis.degree");
        String law = when == When.WITHHELD ? "Police Act, article 44/1" : null;
        fixture.registry()
                .grant(new Mandate(
                        some.agency(),
                        some.purpose(),
                        some.legalBasis(),
                        some.questions(),
                        some.fields(),
                        some.sensitivity(),
                        some.quota(),
                        new Disclosure(sees, when, from, law),
                        some.whyNeeded(),
                        some.whyNoYesNo(),
                        some.validFrom(),
                        null));
        // on somebody else, so that the waiting leaves nothing in the log that is read
        Insz other = Deliveries.person();
        Deliveries.eventually()
                .until(() -> consult(other, "never-granted").status() == 403
                        && consult(other, purpose).status() == 200);
    }

    private Answer mine(Insz person, String more) {
        return query.get(MINE + more, "X-Caller", "citizen:" + person.digits());
    }

    /** The accesses of others, the newest first. */
    private List<JsonNode> looks(Insz person) {
        Answer answer = mine(person, "");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return others(answer);
    }

    private static List<JsonNode> others(Answer answer) {
        return answer.json()
                .path("accesses")
                .valueStream()
                .filter(each -> !each.at("/by/role").asString().equals("SELF"))
                .toList();
    }

    private static List<String> each(List<JsonNode> accesses, String field) {
        return accesses.stream().map(access -> access.at(field).asString()).collect(Collectors.toList());
    }

    @Test
    void whoLookedWhenAndWhyStandsThereTheNewestFirstWhateverWayTheyAsked() {
        grant("grants", When.IMMEDIATELY, null, "Your study grant is decided.");
        String consulted = consult(insz, "grants").json().path("accessLogId").asString();
        query.get("/v1/qualifications/" + registered.reference(), asking("grants"));
        query.get("/v1/qualifications/" + registered.reference() + "/history", asking("grants"));
        query.post("/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", asking("grants"));
        query.post(
                "/v1/predicates",
                "{\"insz\":\"" + insz.digits() + "\",\"question\":{\"field\":\"0913\",\"on\":\"2026-01-01\"}}",
                asking("grants"));
        Answer answer = mine(insz, "");
        List<JsonNode> looks = others(answer);
        assertThat(each(looks, "/operation"))
                .containsExactly("PREDICATE", "CONSULT_BATCH", "HISTORY", "READ", "CONSULT");
        assertThat(looks).allSatisfy(look -> {
            assertThat(look.at("/by/role").asString()).isEqualTo("AGENCY");
            assertThat(look.at("/by/id").asString()).isEqualTo(agency);
            assertThat(look.path("purpose").asString()).isEqualTo("grants");
            assertThat(look.path("legalBasis").asString()).isEqualTo("Decree of 2 July 2010, article 5");
            assertThat(look.path("sees").asString()).isEqualTo("Your study grant is decided.");
        });
        assertThat(each(looks, "/outcome")).containsExactly("NO", "DISCLOSED", "DISCLOSED", "DISCLOSED", "DISCLOSED");
        assertThat(looks.getFirst().path("question").asString()).isEqualTo("field=0913 on=2026-01-01");
        assertThat(looks.getLast().path("id").asString()).isEqualTo(consulted);
        assertThat(looks.getLast().at("/records/0").asString())
                .isEqualTo(registered.reference().toString());
        assertThat(answer.response().body())
                .as("neither the clerk nor the agency's case is named")
                .doesNotContain("u-4711", "2026/17", insz.digits());
        assertThat(answer.header("Cache-Control")).contains("no-store");
    }

    @Test
    void whoFoundNothingAndWhoWasRefusedLookedToo() {
        Insz nobody = Deliveries.person();
        grant("grants", When.IMMEDIATELY, null, "Your study grant is decided.");
        consult(nobody, "grants");
        consult(nobody, "curiosity");
        String[] curious = RunningQuery.agency();
        curious[1] = "citizen:" + insz.digits();
        query.post("/v1/consultations", "{\"insz\":\"" + nobody.digits() + "\"}", curious);
        List<JsonNode> looks = looks(nobody);
        assertThat(each(looks, "/outcome")).containsExactly("REFUSED", "REFUSED", "NOTHING_FOUND");
        assertThat(each(looks, "/by/role")).containsExactly("CITIZEN", "AGENCY", "AGENCY");
        assertThat(looks.getFirst().at("/by").has("id")).isFalse();
    }

    @Nested
    class KeptBack {
        /** As many visible accesses of both; between those of one of them lie ten that a law keeps back. */
        @Test
        void byLawIsNotThereAndNoPageCursorOrTimeTellsThatItIsNot() {
            grant("grants", When.IMMEDIATELY, null, "Your study grant is decided.");
            grant("inquiry", When.WITHHELD, null, "nothing");
            Insz watched = Deliveries.person();
            Insz free = Deliveries.person();
            for (int i = 0; i < 5; i++) {
                consult(watched, "inquiry");
                consult(watched, "grants");
                consult(free, "grants");
                assertThat(consult(watched, "inquiry").status()).isEqualTo(200);
            }
            List<List<Integer>> shapes = new ArrayList<>();
            for (Insz person : List.of(watched, free)) {
                List<Integer> shape = new ArrayList<>();
                String cursor = "";
                do {
                    long before = System.nanoTime();
                    Answer page = mine(person, "?limit=2" + cursor);
                    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(99));
                    assertThat(page.status()).isEqualTo(200);
                    assertThat(page.response().body()).doesNotContain("inquiry", "Police");
                    shape.add(others(page).size());
                    cursor = page.json().has("next")
                            ? "&cursor=" + page.json().path("next").asString()
                            : null;
                } while (cursor != null);
                shapes.add(shape);
            }
            assertThat(shapes.getFirst())
                    .as("pages are full but for the last, which says that it is")
                    .isEqualTo(shapes.getLast())
                    .isEqualTo(List.of(2, 2, 1));
        }

        /** A search for what an agency did names that agency. */
        @Test
        void isWhatStaffLookedForToo() {
            String[] staff = RunningQuery.agency();
            staff[1] = "controller:led";
            Answer searched = query.post(
                    "/v1/access-log/search", "{\"insz\":\"" + insz.digits() + "\",\"agency\":\"police\"}", staff);
            assertThat(searched.status()).isEqualTo(200);
            Answer answer = mine(insz, "");
            assertThat(each(others(answer), "/by/role")).containsExactly("CONTROLLER");
            assertThat(answer.response().body()).doesNotContain("police");
        }

        @Test
        void untilADayIsThereFromThatDayOn() {
            grant("later", When.FROM, TODAY.plusDays(2), "Your file was looked into.");
            grant("since", When.FROM, TODAY.minusDays(2), "Your file was looked into.");
            consult(insz, "later");
            consult(insz, "since");
            assertThat(each(looks(insz), "/purpose")).containsExactly("since");
        }

        @Test
        void isWhatTheVersionSaysThatItWasAnsweredUnder() {
            grant("changing", When.IMMEDIATELY, null, "The first words.");
            consult(insz, "changing");
            grant("changing", When.WITHHELD, null, "nothing");
            Insz other = Deliveries.person();
            Deliveries.eventually().until(() -> {
                consult(other, "changing");
                return LoggedRows.newest(fixture).path("mandateVersion").asLong() == 2;
            });
            consult(insz, "changing");
            assertThat(each(looks(insz), "/sees")).containsExactly("The first words.");
        }

        @Test
        void areRefusalsTooOfAnAgencyThatALawKeepsBack() {
            grant("inquiry", When.WITHHELD, null, "nothing");
            assertThat(consult(insz, "other").code()).isEqualTo("NO_MANDATE");
            assertThat(looks(insz)).isEmpty();
        }
    }

    @Test
    void whatWasAskedUnderANumberThatWasReplacedIsThereToo() {
        Insz next = Deliveries.person();
        consult(insz, "trial");
        Registered later = fixture.registry().register(next);
        long position = fixture.registry()
                .link(UUID.randomUUID(), LinkKind.NUMBER_REPLACED, registered.holder(), later.holder())
                .position();
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, position);
        query.get("/v1/qualifications/" + registered.reference(), asking("trial"));
        consult(next, "trial");
        assertThat(each(looks(next), "/operation")).containsExactly("CONSULT", "READ", "CONSULT");
        assertThat(looks(Deliveries.person())).as("nobody else sees it").isEmpty();
    }

    @Test
    void readingItIsLoggedAndWithoutThatThereIsNoAnswer() {
        consult(insz, "trial");
        Answer answer = mine(insz, "");
        JsonNode row = LoggedRows.newest(fixture);
        assertThat(row.path("operation").asString()).isEqualTo("OWN_ACCESS_LOG");
        assertThat(row.path("caller").asString()).isEqualTo("CITIZEN");
        assertThat(mine(insz, "").json().at("/accesses/0/id").asString())
                .isEqualTo(answer.json().path("accessLogId").asString());
        fixture.tamper(
                Database.ACCESSLOG, "REVOKE INSERT (id, subject, sealed, seal_key) ON accesslog.entry FROM al_writer");
        try {
            Answer refused = mine(insz, "");
            assertThat(refused.code()).isEqualTo("LOG_UNAVAILABLE");
            assertThat(refused.response().body()).doesNotContain("trial", agency);
        } finally {
            fixture.tamper(
                    Database.ACCESSLOG, "GRANT INSERT (id, subject, sealed, seal_key) ON accesslog.entry TO al_writer");
        }
    }

    @Test
    void nothingIsToldOfARowThatSomebodyChanged() {
        consult(insz, "trial");
        fixture.tamper(
                Database.ACCESSLOG,
                "UPDATE accesslog.entry SET sealed = set_byte(sealed, 60, 255 - get_byte(sealed, 60))"
                        + " WHERE at = (SELECT max(at) FROM accesslog.entry)");
        assertThat(mine(insz, "").code()).isEqualTo("RECORD_UNAVAILABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"agency:VDAB", "supplier:KUL", "controller:led"})
    void onlyACitizenHasALogOfTheirOwn(String caller) {
        Answer answer = query.get(MINE, "X-Caller", caller);
        assertThat(answer.code()).isEqualTo("NOT_ALLOWED");
        assertThat(LoggedRows.newest(fixture).path("outcome").asString()).isEqualTo("NOT_ALLOWED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=201", "limit=x", "cursor=x", "cursor=AAAA", "page=2"})
    void whatCannotBeReadIsRefused(String parameter) {
        assertThat(mine(insz, "?" + parameter).status()).isEqualTo(400);
    }

    @Test
    void aPageIsReadByIndexesHoweverLongTheLogIs() throws SQLException {
        fixture.tamper(Database.ACCESSLOG, """
                INSERT INTO accesslog.entry (id, subject, sealed)
                SELECT gen_random_uuid(), decode(md5((n % 400)::text), 'hex'), decode(repeat('00', 600), 'hex')
                FROM generate_series(1, 20000) n
                """);
        try (Connection connection = fixture.superuser(Database.ACCESSLOG);
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE accesslog.entry");
            String place = "'-infinity', 'infinity', '00000000-0000-0000-0000-000000000000'";
            assertThat(blocks(statement, "rows_about(ARRAY[decode(md5('7'), 'hex')], " + place + ", 500)"))
                    .as("50 rows, of 20,000 that fill some 1,800 blocks")
                    .isLessThan(200);
            assertThat(blocks(statement, "rows_between(" + place + ", 50)")).isLessThan(200);
        }
    }

    private static long blocks(Statement statement, String function) throws SQLException {
        String explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM accesslog." + function;
        // the first look reads the catalogue too
        statement.execute(explain);
        try (ResultSet plan = statement.executeQuery(explain)) {
            plan.next();
            JsonNode top = JsonMapper.shared().readTree(plan.getString(1)).at("/0/Plan");
            assertThat(top.path("Actual Rows").asDouble()).isEqualTo(50);
            return top.path("Shared Hit Blocks").asLong()
                    + top.path("Shared Read Blocks").asLong();
        }
    }
}
