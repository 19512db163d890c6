package eu.diplomatics.quickstart.whole;

import static eu.diplomatics.quickstart.whole.People.SUPPLIER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.whole.PlaintextSearch.Needle;
import eu.diplomatics.quickstart.whole.PlaintextSearch.Report;
import eu.diplomatics.quickstart.whole.WholeRegistry.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * R09, R18, R35: people are registered, consulted, mistyped and put into batches; then every file of all databases,
 * Kafka, spools, temporary folders and logs is searched for their numbers, names and diploma titles.
 */
class NoPlaintextAtTheHostIT {
    private static final String TITLE = "Master in de zeldzame Zebravinkenkunde";
    private static final String BATCH_TITLE = "Master in de Bruinvissenwetenschap";
    private static final String REJECTED_TITLE = "Master in de Kwelgeestenleer";
    private static final String FAMILY_NAME = "Vanquickelberghe-Testament";
    private static final String GIVEN_NAMES = "Aldegondis Walpurga";
    private static final String LOCAL_NUMBER = "LN-88-QUETZAL-1";
    private static final String SUPPLIER_REFERENCE = "REF-ZEBRAVINK-0001";
    private static final String ANNULMENT_REASON = "examenfraude vastgesteld door de tuchtraad";
    private static final String KNOWN = People.insz(1);
    private static final String NEVER_REGISTERED = People.insz(2);
    private static final String LINKED = People.insz(3);
    private static final String REPLACING = People.insz(4);
    private static final String ERASED = People.insz(5);
    private static final String LINK_REASON = "nummer toegekend na de diploma-uitreiking";
    private static final String SHRED_REASON = "verzoek van betrokkene om vergetelheid";
    private static final String SHRED_CASE = "DOSSIER-WISSEN-0042";
    private static final String IN_BATCH = People.insz(5_000);
    private static final String WRONG_CHECKSUM = "80670199900";
    private static final int BATCH_ROWS = 60_000;

    private static final PlaintextSearch SEARCH = new PlaintextSearch(List.of(
            new Needle("number of a registered person", KNOWN),
            new Needle("number asked for without a hit", NEVER_REGISTERED),
            new Needle("number in a batch", IN_BATCH),
            new Needle("mistyped number", WRONG_CHECKSUM),
            new Needle("family name", FAMILY_NAME),
            new Needle("given names", GIVEN_NAMES),
            new Needle("local number", LOCAL_NUMBER),
            new Needle("supplier's reference", SUPPLIER_REFERENCE),
            new Needle("reason of an annulment", ANNULMENT_REASON),
            new Needle("title of a diploma", TITLE),
            new Needle("title in a batch", BATCH_TITLE),
            new Needle("title in a rejected row", REJECTED_TITLE),
            new Needle("number linked later", LINKED),
            new Needle("number in the place of another", REPLACING),
            new Needle("number of somebody who was erased", ERASED),
            new Needle("reason of a link", LINK_REASON),
            new Needle("reason of a shredding", SHRED_REASON),
            new Needle("case of a shredding", SHRED_CASE)));

    @TempDir
    private Path folder;

    @Test
    void noNumberNameOrTitleLiesInAnyFile() throws Exception {
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home")).start()) {
            useIt(registry);
            changeWhoIsWho(registry);
            assertNothingFound(registry);
            assertNothingMeasured(registry);
            Thief thief = new Thief(registry);
            thief.opensNothing(folder.resolve("thief"));
            thief.findsNoKeyAmongWhatLiesThere();

            String job = startBatch(registry, "while-running");
            awaitState(registry, job, "RUNNING");
            assertNothingFound(registry);
            assertNothingMeasured(registry);
            assertThat(state(registry, job)).as("searched while it ran").isEqualTo("RUNNING");

            registry.crash();
            assertNothingFound(registry);

            registry.start();
            awaitState(registry, job, "DONE");
            assertThat(registry.registryGet("/v1/batches/" + job, SUPPLIER)
                            .json()
                            .path("rejected")
                            .asInt())
                    .isEqualTo(1);
            assertThat(registry.registryGet("/v1/batches/" + job + "/rejected", SUPPLIER)
                            .text())
                    .contains(REJECTED_TITLE);
            assertNothingFound(registry);
        }
        assertNothingFound(new Layout(folder.resolve("home")));
    }

    @Test
    void theSearchWouldFindThemIfNothingWereEncrypted() throws Exception {
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home"))) {
            WithoutEncryption.patch(registry.layout(), folder.resolve("patch"));
            registry.start();
            useIt(registry);

            Report report = searched(registry.layout());

            assertThat(report.findings())
                    .extracting(PlaintextSearch.Finding::needle)
                    .contains("number of a registered person", "family name", "title of a diploma");
            assertThat(report.findings())
                    .map(finding -> registry.layout()
                            .data()
                            .relativize(finding.file())
                            .getName(0)
                            .toString())
                    .contains("postgres-a", "kafka");
        }
    }

    private static void useIt(WholeRegistry registry) throws IOException, InterruptedException {
        Answer first = registry.register(SUPPLIER, People.withNumber(SUPPLIER_REFERENCE, KNOWN, TITLE));
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        Answer second = registry.register(
                SUPPLIER, People.withoutNumber("REF-2", FAMILY_NAME, GIVEN_NAMES, LOCAL_NUMBER, TITLE));
        assertThat(second.status()).as(second.text()).isEqualTo(201);
        String annulment = """
                {"reasonCode":"FRAUD","reason":"%s"}""".formatted(ANNULMENT_REASON);
        Answer annulled = registry.registryPost(
                "/v1/qualifications/" + second.json().path("reference").asString() + "/annulment", SUPPLIER, annulment);
        assertThat(annulled.status()).as(annulled.text()).isEqualTo(200);
        assertThat(registry.register(SUPPLIER, People.withNumber("REF-3", WRONG_CHECKSUM, TITLE))
                        .status())
                .isEqualTo(422);
        assertThat(registry.register(SUPPLIER, "{\"" + FAMILY_NAME + "\": \"" + TITLE)
                        .status())
                .isEqualTo(400);

        Answer hit = registry.consult(KNOWN, annulled.json().path("position").asLong());
        assertThat(hit.text()).contains(TITLE);
        assertThat(registry.consult(NEVER_REGISTERED, 0).json().path("status").asString())
                .isEqualTo("NOT_FOUND");
        assertThat(registry.consult(WRONG_CHECKSUM, 0).status()).isEqualTo(422);
    }

    private static void changeWhoIsWho(WholeRegistry registry) throws IOException, InterruptedException {
        Answer linked =
                registry.registryPost("/v1/holders/links", SUPPLIER, """
                {"localNumber":"%s","insz":"%s","reasonCode":"LATE","reason":"%s"}""".formatted(LOCAL_NUMBER, LINKED, LINK_REASON));
        assertThat(linked.status()).as(linked.text()).isEqualTo(201);
        Answer replaced = registry.asController(
                "POST", "/v1/holders/replacements", """
                {"oldInsz":"%s","newInsz":"%s","reasonCode":"REPLACED","reason":"%s"}""".formatted(LINKED, REPLACING, LINK_REASON));
        assertThat(replaced.status()).as(replaced.text()).isEqualTo(201);
        Answer sought = registry.asController(
                "POST", "/v1/holders/candidates", """
                {"familyName":"%s","givenNames":"%s","birthDate":"1988-02-29","reasonCode":"LINK","reason":"%s"}""".formatted(FAMILY_NAME, GIVEN_NAMES, LINK_REASON));
        assertThat(sought.status()).as(sought.text()).isEqualTo(200);
        Answer erased = registry.register(SUPPLIER, People.withNumber("REF-4", ERASED, TITLE));
        assertThat(erased.status()).as(erased.text()).isEqualTo(201);
        Answer shredded = registry.shred("shred-1", """
                {"kind":"ERASURE","insz":"%s","legalBasis":"GDPR art. 17(1)(b)","reasonCode":"REQUESTED",\
                "reason":"%s","case":"%s"}""".formatted(ERASED, SHRED_REASON, SHRED_CASE));
        assertThat(shredded.status()).as(shredded.text()).isEqualTo(200);
    }

    private static String startBatch(WholeRegistry registry, String key) throws IOException, InterruptedException {
        StringBuilder body = new StringBuilder();
        for (int row = 0; row < BATCH_ROWS; row++) {
            body.append(People.withNumber("B-" + row, People.insz(4_000 + row), BATCH_TITLE))
                    .append('\n');
        }
        body.append(People.withNumber("B-x", WRONG_CHECKSUM, REJECTED_TITLE)).append('\n');
        Answer accepted = registry.batch("/v1/batches", SUPPLIER, key, "application/x-ndjson", body.toString());
        assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
        return accepted.json().path("id").asString();
    }

    private static String state(WholeRegistry registry, String job) throws IOException, InterruptedException {
        return registry.registryGet("/v1/batches/" + job, SUPPLIER)
                .json()
                .path("state")
                .asString();
    }

    private static void awaitState(WholeRegistry registry, String job, String wanted) {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> state(registry, job).equals(wanted));
    }

    /** Health, state and each single metric with its tags, of every service that shows any. */
    private static void assertNothingMeasured(WholeRegistry registry) throws IOException, InterruptedException {
        List<String> answers = registry.actuators();
        assertThat(answers).as("single metrics").anyMatch(text -> text.contains("availableTags"));
        for (String answer : answers) {
            assertThat(SEARCH.inText(answer)).isEmpty();
        }
    }

    private static void assertNothingFound(WholeRegistry registry) {
        assertNothingFound(registry.layout());
    }

    private static void assertNothingFound(Layout layout) {
        Report report = searched(layout);
        assertThat(report.findings()).isEmpty();
        for (Path wanted : List.of(layout.postgresA(), layout.postgresB(), layout.kafka(), layout.logs())) {
            assertThat(report.visited())
                    .as("files of " + wanted.getFileName())
                    .anyMatch(path -> path.startsWith(wanted) && !path.equals(wanted));
        }
        assertThat(report.visited()).as("temporary folders").contains(layout.temporary());
        assertThat(report.visited()).as("files and folders searched").hasSizeGreaterThan(500);
        assertThat(report.bytes()).as("bytes searched").isGreaterThan(50_000_000);
    }

    private static Report searched(Layout layout) {
        assertThat(layout.data()).isDirectory();
        return SEARCH.in(layout.forgettable().stream().filter(Files::exists).toList());
    }
}
