package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.qualification.DomainEvent.TaxonomyEntryListed;
import eu.diplomatics.qualification.TaxonomyChanges;
import eu.diplomatics.registry.Client.Answer;
import eu.diplomatics.registry.reference.Known;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.vault.EventVault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** R04: the controller keeps the taxonomy; a change holds on every way in, and what was known when can be asked. */
class TaxonomyApiTest {
    private static final String ALL = "/v1/taxonomy";
    private static final String LIST = ALL + "/{list}";
    private static final String ENTRY = LIST + "/{code}";
    private static final String DEGREE = ALL + "/degree/";
    /** In no file. */
    private static final AtomicInteger SUBJECTS = new AtomicInteger(9_110_001);

    private static final AtomicInteger PEOPLE = new AtomicInteger(83_000);
    /** The day on which the samples are awarded. */
    private static final String AWARDED = "2019-06-28";

    private final RegistryFixture fixture = RegistryFixture.shared();
    private final Client controller = fixture.client().as("controller:led");
    private final OpenApi openApi = new OpenApi(fixture.client());
    private final String subject = Integer.toString(SUBJECTS.getAndIncrement());
    private final String path = ALL + "/subject/" + subject;

    private static String body(String name, String closedFrom) {
        return """
                {"name":"%s",%s"links":{"iscedField1997":["312"],"iscedField2013":["0314"]},"reason":"a new programme"}""".formatted(name, closedFrom.isEmpty() ? "" : "\"closedFrom\":\"" + closedFrom + "\",");
    }

    private Answer change(String name, String closedFrom, String... ifMatch) {
        Client client = ifMatch.length == 0 ? controller : controller.with("If-Match", ifMatch[0]);
        return openApi.check("PUT", ENTRY, client.put(path, body(name, closedFrom)));
    }

    private String registration() {
        return Samples.registration(Samples.reference(), Samples.insz(PEOPLE.getAndIncrement()))
                .replace("312002", subject);
    }

    private Answer register() {
        return openApi.check("POST", "/v1/qualifications", fixture.client().post("/v1/qualifications", registration()));
    }

    @Test
    void what_is_listed_is_accepted_until_it_is_closed_for_the_day_of_award() {
        assertThat(register().code()).isEqualTo("VALUE_NOT_IN_TAXONOMY");
        Answer listed = change("Digitale sociologie", "");
        assertThat(listed.status()).as(listed.text()).isEqualTo(201);
        assertThat(listed.header("ETag")).isEqualTo("\"1\"");
        assertThat(listed.json().path("by").asString()).isEqualTo("controller:led");
        Answer registered = register();
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);

        assertThat(change("Digitale sociologie", "2019-06-29", "\"1\"").status())
                .isEqualTo(200);
        assertThat(register().status()).as("awarded the day before").isEqualTo(201);
        assertThat(change("Digitale sociologie", AWARDED, "\"2\"").status()).isEqualTo(200);
        Answer refused = register();
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("VALUE_CLOSED");
        assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo("/basis/subject/code");
        Answer corrected = fixture.client()
                .with("If-Match", "\"1\"")
                .put(
                        registered.header("Location"),
                        Samples.correction("Master of Arts").replace("312002", subject));
        assertThat(corrected.code()).as("a correction is held against it too").isEqualTo("VALUE_CLOSED");

        assertThat(change("Digitale sociologie", "", "\"3\"").status()).isEqualTo(200);
        assertThat(register().status()).as("opened again").isEqualTo(201);
    }

    @Test
    void a_row_of_a_file_is_held_against_it_too() {
        change("Digitale sociologie", AWARDED);
        String before = registration().replace(AWARDED, "2019-06-27");
        Batch batch = Batch.ndjson(fixture.client(), UUID.randomUUID().toString(), registration() + "\n" + before);
        batch.awaitDone();
        List<JsonNode> results = batch.results();
        assertThat(results.get(0).at("/errors/0/code").asString()).isEqualTo("VALUE_CLOSED");
        assertThat(results.get(1).path("status").asString())
                .as(results.get(1).toString())
                .isEqualTo("ACCEPTED");
    }

    @Test
    void what_was_changed_holds_after_a_restart_too() {
        try (RegistryFixture own = RegistryFixture.prepared().start()) {
            Answer closed = own.client()
                    .as("controller:led")
                    .put(DEGREE + "Master", "{\"closedFrom\":\"2019-01-01\",\"reason\":\"no more of them\"}");
            assertThat(closed.status()).as(closed.text()).isEqualTo(201);
            own.stop();
            own.start();
            assertThat(own.client()
                            .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(83_500)))
                            .code())
                    .isEqualTo("VALUE_CLOSED");
            assertThat(own.client().as("controller:led").get(DEGREE + "Master").header("ETag"))
                    .isEqualTo("\"1\"");
        }
    }

    /** What follows from the stream, looked at as each instance does. */
    @Test
    void another_instance_knows_a_change_without_being_told() {
        EventReader reader = fixture.bean(EventReader.class);
        ReferenceStream stream = new ReferenceStream(
                TaxonomyChanges.STREAM,
                fixture.bean(EventLog.class),
                reader,
                fixture.bean(Keyring.class),
                fixture.bean(EventVault.class),
                fixture.bean(KeyGenerations.class));
        Known<Integer> other = new Known<>(
                reader, Set.of(TaxonomyEntryListed.TYPE), () -> stream.events().size());
        int before = other.now();
        assertThat(change("Digitale sociologie", "").status()).isEqualTo(201);
        await().atMost(Duration.ofMinutes(1)).until(() -> other.now() == before + 1);
    }

    @Test
    void what_only_the_file_says_is_version_nought() {
        Answer file = openApi.check("GET", ENTRY, controller.get(ALL + "/subject/312001"));
        assertThat(file.header("ETag")).isEqualTo("\"0\"");
        assertThat(file.json().path("version").asInt()).isZero();
        assertThat(file.json().has("by")).isFalse();
        assertThat(file.json().at("/links/iscedField1997/0").asString()).isEqualTo("312");
        assertThat(openApi.check("GET", ENTRY + "/history", controller.get(ALL + "/subject/312001/history"))
                        .json()
                        .path("versions"))
                .isEmpty();
        Answer spaced = openApi.check("GET", ENTRY, controller.get(DEGREE + "Professionele%20bachelor"));
        assertThat(spaced.json().path("code").asString()).isEqualTo("Professionele bachelor");
    }

    @Test
    void the_state_at_a_past_moment_can_be_asked() {
        String then =
                change("Digitale sociologie", "").json().path("recordedAt").asString();
        change("Digitale samenleving", "", "\"1\"");
        assertThat(named(openApi.check("GET", LIST, controller.get(ALL + "/subject?asOf=" + then))))
                .isEqualTo("Digitale sociologie");
        assertThat(named(controller.get(ALL + "/subject"))).isEqualTo("Digitale samenleving");
        assertThat(named(controller.get(ALL + "/subject?asOf=2020-01-01T00:00:00Z")))
                .isEmpty();
        JsonNode versions = openApi.check("GET", ENTRY + "/history", controller.get(path + "/history"))
                .json()
                .path("versions");
        assertThat(versions.size()).isEqualTo(2);
        assertThat(versions.path(1).path("reason").asString()).isEqualTo("a new programme");

        JsonNode past = openApi.check("GET", ALL, controller.get(ALL + "?asOf=2020-01-01T00:00:00Z"))
                .json();
        assertThat(past.path("version").asString()).doesNotContain("+");
        assertThat(openApi.check("GET", ALL, controller.get(ALL))
                        .json()
                        .path("version")
                        .asString())
                .contains("+");
    }

    private String named(Answer all) {
        for (JsonNode each : all.json().path("entries")) {
            if (each.path("code").asString().equals(subject)) {
                return each.path("name").asString();
            }
        }
        return "";
    }

    @Test
    void a_change_builds_on_the_version_its_author_has_seen() {
        assertThat(change("Digitale sociologie", "", "\"1\"").code()).isEqualTo("VERSION_STALE");
        assertThat(change("Digitale sociologie", "", "\"0\"").code())
                .as("in no file")
                .isEqualTo("VERSION_STALE");
        change("Digitale sociologie", "");
        assertThat(change("Digitale samenleving", "").code()).isEqualTo("VERSION_REQUIRED");
        assertThat(change("Digitale samenleving", "", "\"2\"").code()).isEqualTo("VERSION_STALE");
        assertThat(change("Digitale sociologie", "").status())
                .as("the same again")
                .isEqualTo(200);
        assertThat(change("Digitale samenleving", "", "\"1\"").header("ETag")).isEqualTo("\"2\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/subject/abc | {} | MALFORMED | path",
                "/country/bel | {} | MALFORMED | path",
                "/degree/Niet%20beschikbaar | {} | MALFORMED | path",
                "/degree/X | {\"name\":\"x\",\"reason\":\"y\"} | UNKNOWN_FIELD | /name",
                "/degree/X | {\"closedFrom\":\"2019\",\"reason\":\"y\"} | MALFORMED | /closedFrom",
                "/degree/X | {\"closedFrom\":\"2019-02-29\",\"reason\":\"y\"} | MALFORMED | /closedFrom",
                "/degree/X | {} | FIELD_REQUIRED | /reason",
                "/subject/999 | {\"reason\":\"y\"} | FIELD_REQUIRED | /name",
                "/subject/999 | {\"name\":\"x\",\"reason\":\"y\"} | FIELD_REQUIRED | /links/iscedField1997",
                "/subject/999 | {\"name\":\"x\",\"reason\":\"y\",\"links\":{\"kind\":[\"Diploma\"]}} | UNKNOWN_FIELD | /links/kind",
                "/subject/999 | {\"name\":\"x\",\"reason\":\"y\",\"links\":{\"iscedField1997\":[\"9999\"],\"iscedField2013\":[\"0314\"]}}"
                        + " | VALUE_NOT_IN_TAXONOMY | /links/iscedField1997/0",
                "/iscedField1997/312 | {\"name\":\"x\",\"reason\":\"y\",\"closedFrom\":\"2030-01-01\"} | VALUE_IN_USE | /closedFrom"
            })
    void what_is_wrong_is_named(String entry, String body, String code, String pointer) {
        Answer refused = openApi.check("PUT", ENTRY, controller.put(ALL + entry, body));
        assertThat(refused.code()).as(refused.text()).isEqualTo(code);
        assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void what_there_is_not_is_not_found() {
        assertThat(controller.get(ALL + "/unheard").code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(controller.put(ALL + "/unheard/x", "{\"reason\":\"y\"}").code())
                .isEqualTo("UNKNOWN_REFERENCE");
        assertThat(controller.get(path).code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(controller.get(path + "/history").status()).isEqualTo(404);
        assertThat(controller.get(ALL + "?asOf=yesterday").code()).isEqualTo("MALFORMED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"supplier:kuleuven", "agency:vdab", "citizen:90722501082"})
    void nobody_else_keeps_it(String caller) {
        Client other = fixture.client().as(caller);
        assertThat(other.put(path, body("x", "")).status()).isEqualTo(403);
        assertThat(other.get(ALL).status()).isEqualTo(403);
        assertThat(other.get(path).status()).isEqualTo(403);
        assertThat(controller.get(path).code()).as("nothing was changed").isEqualTo("UNKNOWN_REFERENCE");
    }
}
