package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.local.Database;
import eu.diplomatics.registry.Client.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** R01, L05: batches. */
@ExtendWith(OutputCaptureExtension.class)
class BatchTest {
    private static final String CSV_HEADER = "supplierReference,holder.insz,authenticity,category,degree,educationForm,"
            + "kind,state,awardingBody,subject.code,subject.name,awardedOn,fullName,country,language,institution.name,"
            + "institution.number,schoolType,fieldOfStudy.name,fieldOfStudy.code\r\n";

    private final RegistryFixture registry = RegistryFixture.shared();
    private final Client client = registry.client();
    private final OpenApi api = new OpenApi(client);

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private static String csvRow(String reference, String insz, String fullName) {
        return reference + "," + insz + ",Authentiek,Hoger onderwijs,Master,Niet van toepassing,Diploma,Eindbewijs,"
                + "Universiteit,312002,Sociologie,2019-06-28,\"" + fullName
                + "\",BEL,nld,Katholieke Universiteit Leuven,"
                + "110131,Niet van toepassing,Sociologie,10010\r\n";
    }

    private static List<Integer> counts(JsonNode status) {
        return List.of(
                status.path("rows").asInt(),
                status.path("accepted").asInt(),
                status.path("duplicate").asInt(),
                status.path("rejected").asInt());
    }

    private static String error(JsonNode result) {
        return result.path("errors").path(0).path("column").asString("") + ":"
                + result.path("errors").path(0).path("code").asString("");
    }

    @Test
    void one_duplicate_among_500_rows_and_bad_rows_never_hurt_their_neighbours() {
        String taken = Samples.reference();
        Answer first = client.post("/v1/qualifications", Samples.registration(taken, Samples.insz(5)));
        List<String> lines = new ArrayList<>(IntStream.range(0, 500)
                .mapToObj(n -> Samples.registration(Samples.reference(), Samples.insz(n)))
                .toList());
        lines.set(100, Samples.registration(taken, Samples.insz(5)));
        lines.set(200, "no JSON at all");
        lines.set(300, Samples.registration(taken, Samples.insz(6)));
        lines.set(400, lines.get(399));
        String mistyped = Samples.reference();
        lines.set(450, Samples.registration(mistyped, "80670199900"));

        Batch batch = Batch.ndjson(client, key(), String.join("\n", lines));
        JsonNode status = batch.awaitDone();
        api.check("GET", "/v1/batches/{id}", client.get(batch.path()));
        assertThat(status.path("state").asString()).isEqualTo("DONE");
        assertThat(counts(status)).containsExactly(500, 495, 2, 3);
        api.check("GET", "/v1/batches/{id}/results", client.get(batch.path() + "/results"));
        List<JsonNode> results = batch.results();
        assertThat(results)
                .extracting(result -> result.path("row").asInt())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 500).boxed().toList());
        assertThat(results.get(100).path("receipt")).isEqualTo(first.json());
        assertThat(error(results.get(200))).isEqualTo(":MALFORMED");
        assertThat(error(results.get(300))).isEqualTo("supplierReference:REFERENCE_CONFLICT");
        assertThat(error(results.get(450))).isEqualTo("holder.insz:INSZ_CHECKSUM");
        assertThat(results.get(450).path("supplierReference").asString()).isEqualTo(mistyped);
        assertThat(results.get(400).path("receipt")).isEqualTo(results.get(399).path("receipt"));
        List<JsonNode> rejected = api.check("GET", "/v1/batches/{id}/rejected", batch.rejectedAnswer())
                .lines();
        assertThat(rejected)
                .extracting(line -> line.path("errorCodes").asString())
                .containsExactly("MALFORMED", "REFERENCE_CONFLICT", "INSZ_CHECKSUM");
        assertThat(batch.results()).as("asked again").isEqualTo(results);
    }

    @Test
    void a_local_number_stands_for_the_first_person_of_the_file_that_is_registered_with_it() {
        String local = UUID.randomUUID().toString();
        String taken = Samples.reference();
        client.post("/v1/qualifications", Samples.registration(taken, Samples.insz(5)));
        Batch batch = Batch.ndjson(
                client,
                key(),
                String.join(
                        "\n",
                        Samples.withoutNumber(taken, local, "Nobody"),
                        Samples.withoutNumber(Samples.reference(), local, "Somebody"),
                        Samples.withoutNumber(Samples.reference(), local, "Another"),
                        Samples.withoutNumber(Samples.reference(), local, "Somebody")));
        batch.awaitDone();
        assertThat(batch.results())
                .extracting(BatchTest::error)
                .containsExactly(
                        "supplierReference:REFERENCE_CONFLICT", ":", "holder.localNumber:REFERENCE_CONFLICT", ":");
    }

    @Test
    void rejected_lines_are_corrected_and_sent_again_as_they_were_handed_back() {
        String wrong = "80670199900";
        String twice = Samples.registration(Samples.reference(), Samples.insz(22))
                .replace("\"degree\":\"Master\"", "\"degree\":\"Master\",\"degree\":\"Bachelor\"");
        Batch batch = Batch.ndjson(client, key(), Samples.registration(Samples.reference(), wrong) + "\n" + twice);
        assertThat(counts(batch.awaitDone())).containsExactly(2, 0, 0, 2);
        List<String> rejected = batch.rejected().lines().toList();
        assertThat(batch.rejectedAnswer().lines().getLast().path("line").asString())
                .as("no value of a key that occurs twice is left out")
                .isEqualTo(twice);
        Batch again = Batch.ndjson(client, key(), rejected.getFirst().replace(wrong, Samples.insz(22)));
        assertThat(counts(again.awaitDone())).containsExactly(1, 1, 0, 0);
    }

    @Test
    void a_registration_whose_holders_key_is_broken_is_answered_so_and_its_neighbours_go_on(CapturedOutput output)
            throws SQLException {
        Answer first = client.post(
                "/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(997 * 20 + 2)));
        UUID holder = registry.bean(EventReader.class).stream(
                        UUID.fromString(first.json().path("reference").asString()))
                .getFirst()
                .holder();
        var keyring = registry.database(Database.KEYRING);
        try (Connection connection = DriverManager.getConnection(
                        keyring.url(),
                        keyring.migrator().username(),
                        keyring.migrator().password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE kr_owner");
            assertThat(statement.executeUpdate("UPDATE keyring.data_key SET wrapped ="
                            + " set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE id = '" + holder + "'"))
                    .isEqualTo(1);
        }
        Answer alone = client.post(
                "/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(997 * 20 + 2)));
        assertThat(alone.status()).as(alone.text()).isEqualTo(503);
        assertThat(alone.code()).isEqualTo("RECORD_UNAVAILABLE");
        assertThat(alone.header("Retry-After")).isNotEmpty();
        assertThat(output.getAll()).contains("ALARM: key " + holder + " is not what was stored");

        Batch batch = Batch.ndjson(
                client,
                key(),
                String.join(
                        "\n",
                        Samples.registration(Samples.reference(), Samples.insz(23)),
                        Samples.registration(Samples.reference(), Samples.insz(997 * 20 + 2)),
                        Samples.registration(Samples.reference(), Samples.insz(24))));
        JsonNode status = batch.awaitDone();
        assertThat(status.path("state").asString()).isEqualTo("DONE");
        assertThat(counts(status)).containsExactly(3, 2, 0, 1);
        assertThat(error(batch.results().get(1))).isEqualTo(":RECORD_UNAVAILABLE");
    }

    @Test
    void csv_comes_back_as_csv_with_codes_and_without_formulas() {
        String body = "\uFEFF" + CSV_HEADER
                + csvRow(Samples.reference(), Samples.insz(11), "Master, of \"\"Science\"\"\r\nin two lines")
                + csvRow(Samples.reference(), Samples.insz(12), "=HYPERLINK(1)")
                + "too,few,cells\r\n"
                + csvRow(Samples.reference(), "12345678901", "Master");
        Batch batch = Batch.csv(client, key(), body);
        assertThat(counts(batch.awaitDone())).containsExactly(4, 1, 0, 3);
        assertThat(batch.results())
                .extracting(BatchTest::error)
                .containsExactly(":", "fullName:ILLEGAL_CHARACTER", ":MALFORMED", "holder.insz:INSZ_CHECKSUM");
        Answer rejected = batch.rejectedAnswer();
        assertThat(rejected.header("Content-Type")).startsWith("text/csv");
        assertThat(rejected.text().lines().toList().getFirst()).endsWith(",fieldOfStudy.code,errorCodes");
        assertThat(rejected.text())
                .contains(",'=HYPERLINK(1),")
                .doesNotContain(",=HYPERLINK")
                .contains("too,few,cells,MALFORMED");
        assertThat(rejected.text().lines()).hasSize(4);
    }

    @Test
    void a_csv_file_that_is_none_is_refused_whole_and_its_key_is_free_again() {
        String key = key();
        for (String body : List.of(
                "supplierReference,shoeSize\r\n1,2\r\n",
                "supplierReference,supplierReference\r\n1,2\r\n",
                "",
                CSV_HEADER)) {
            Answer answer = api.check(
                    "POST", "/v1/batches", Batch.send(client, "text/csv", key, "", BodyPublishers.ofString(body)));
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        }
        byte[] latin = (CSV_HEADER + csvRow("A", "1", "Master") + csvRow("B", "2", "Zeldzaam Opvällend"))
                .getBytes(StandardCharsets.ISO_8859_1);
        Answer encoded = Batch.send(client, "text/csv", key, "", BodyPublishers.ofByteArray(latin));
        assertThat(encoded.status()).isEqualTo(400);
        assertThat(encoded.code()).isEqualTo("MALFORMED");
        assertThat(encoded.json().path("errors").path(0).path("pointer").asString())
                .startsWith("row/");
        assertThat(encoded.text()).doesNotContain("Zeldzaam");
        Answer utf16 = Batch.send(
                client, "text/csv", key, "", BodyPublishers.ofByteArray(CSV_HEADER.getBytes(StandardCharsets.UTF_16)));
        assertThat(utf16.status()).isEqualTo(400);

        Batch batch = Batch.csv(client, key, CSV_HEADER + csvRow(Samples.reference(), Samples.insz(13), "Master"));
        assertThat(counts(batch.awaitDone())).containsExactly(1, 1, 0, 0);
    }

    @Test
    void a_dry_run_says_what_would_happen_and_registers_nothing() {
        String taken = Samples.reference();
        client.post("/v1/qualifications", Samples.registration(taken, Samples.insz(14)));
        String twice = Samples.registration(Samples.reference(), Samples.insz(16));
        String body = String.join(
                "\n",
                Samples.registration(taken, Samples.insz(14)),
                Samples.registration(taken, Samples.insz(15)),
                twice,
                twice,
                Samples.registration(Samples.reference(), "12345678901"));
        long head = registry.bean(EventReader.class).head().position();
        Batch batch = Batch.of(
                client,
                Batch.send(client, "application/x-ndjson", key(), "?dryRun=true", BodyPublishers.ofString(body)));
        JsonNode status = batch.awaitDone();
        assertThat(status.path("dryRun").asBoolean()).isTrue();
        assertThat(counts(status)).containsExactly(5, 1, 2, 2);
        api.check("GET", "/v1/batches/{id}/results", client.get(batch.path() + "/results"));
        assertThat(batch.results())
                .extracting(result -> result.path("status").asString())
                .containsExactly("DUPLICATE", "REJECTED", "ACCEPTED", "DUPLICATE", "REJECTED");
        assertThat(registry.bean(EventReader.class).head().position()).isEqualTo(head);
    }

    @Test
    void legacy_mode_accepts_what_the_taxonomy_does_not_list() {
        String body =
                Samples.registration(Samples.reference(), Samples.insz(17)).replace("\"Master\"", "\"Licentiaat oud\"");
        Client sector = client.as("supplier:hoger-onderwijs");
        assertThat(counts(Batch.ndjson(sector, key(), body).awaitDone())).containsExactly(1, 0, 0, 1);
        Batch legacy = Batch.of(
                sector,
                Batch.send(sector, "application/x-ndjson", key(), "?mode=legacy", BodyPublishers.ofString(body)));
        assertThat(counts(legacy.awaitDone())).containsExactly(1, 1, 0, 0);
        api.check("GET", "/v1/batches/{id}/results", sector.get(legacy.path() + "/results"));
        assertThat(legacy.results().getFirst().path("unlisted").path(0).asString())
                .isEqualTo("degree");
    }

    @Test
    void the_same_key_is_answered_with_the_same_job_and_only_for_the_same_file() {
        String key = key();
        String body = Samples.registration(Samples.reference(), Samples.insz(18));
        Batch first = Batch.ndjson(client, key, body);
        assertThat(Batch.ndjson(client, key, body)).isEqualTo(first);
        for (Answer other : List.of(
                Batch.send(client, "application/x-ndjson", key, "", BodyPublishers.ofString(body + "\n")),
                Batch.send(client, "application/x-ndjson", key, "?dryRun=true", BodyPublishers.ofString(body)),
                Batch.send(client, "text/csv", key, "", BodyPublishers.ofString(body)))) {
            assertThat(other.status()).isEqualTo(409);
            assertThat(other.code()).isEqualTo("IDEMPOTENCY_CONFLICT");
        }
        first.awaitDone();
    }

    @Test
    void only_the_supplier_that_sent_a_file_knows_of_it() {
        Batch batch = Batch.ndjson(client, key(), Samples.registration(Samples.reference(), Samples.insz(19)));
        batch.awaitDone();
        for (String path : List.of("", "/results", "/rejected")) {
            assertThat(client.as("supplier:ugent").get(batch.path() + path).status())
                    .isEqualTo(404);
            assertThat(client.as("").get(batch.path() + path).status()).isEqualTo(401);
        }
    }

    @Test
    void a_truncated_upload_leaves_nothing_and_its_key_is_free_again() throws IOException {
        String key = key();
        String line = Samples.registration(Samples.reference(), Samples.insz(20)) + "\n";
        try (Socket socket = new Socket("127.0.0.1", registry.port())) {
            socket.getOutputStream()
                    .write(("POST /v1/batches HTTP/1.1\r\nHost: x\r\nX-Caller: " + Client.SUPPLIER
                                    + "\r\nContent-Type: application/x-ndjson\r\nIdempotency-Key: " + key
                                    + "\r\nContent-Length: 5000000\r\n\r\n" + line.repeat(1200))
                            .getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            Awaitility.await().untilAsserted(() -> assertThat(receiving()).isEqualTo(1));
        }
        Awaitility.await().untilAsserted(() -> assertThat(receiving()).isZero());
        Batch batch = Batch.ndjson(client, key, line);
        assertThat(counts(batch.awaitDone())).containsExactly(1, 1, 0, 0);
    }

    private int receiving() throws SQLException {
        return count("SELECT count(*) FROM batch.job WHERE state = 'RECEIVING'");
    }

    private int count(String sql) throws SQLException {
        var access = registry.database(Database.REGISTRY);
        try (Connection connection = DriverManager.getConnection(
                        access.url(),
                        access.role("app").username(),
                        access.role("app").password());
                ResultSet row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** R27, ASVS 14.2.7. */
    @Test
    void a_job_is_forgotten_at_the_end_of_its_retention() throws SQLException {
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
        try (RegistryFixture forgetful = RegistryFixture.prepared()
                .at(() -> Instant.now().plus(ahead.get()))
                .start()) {
            Client there = forgetful.client();
            Batch batch = Batch.ndjson(there, key(), Samples.registration(Samples.reference(), Samples.insz(21)));
            batch.awaitDone();
            ahead.set(Duration.ofDays(6));
            Awaitility.await()
                    .during(Duration.ofSeconds(3))
                    .until(() -> there.get(batch.path()).status() == 200);
            ahead.set(Duration.ofDays(8));
            Awaitility.await().until(() -> there.get(batch.path()).status() == 404);
            var keyring = forgetful.database(Database.KEYRING);
            try (Connection connection = DriverManager.getConnection(
                            keyring.url(),
                            keyring.role("registry").username(),
                            keyring.role("registry").password());
                    ResultSet keys = connection
                            .createStatement()
                            .executeQuery("SELECT count(*) FROM keyring.data_key WHERE regime = 'JOB'")) {
                keys.next();
                assertThat(keys.getInt(1)).as("keys of jobs").isZero();
            }
            assertThat(there.get("/actuator/metrics/diplomatics.retention.removed?tag=kind:batches")
                            .json()
                            .at("/measurements/0/value")
                            .asDouble())
                    .isEqualTo(1);
        }
    }
}
