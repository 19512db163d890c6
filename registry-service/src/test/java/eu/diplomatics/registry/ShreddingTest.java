package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The controller shreds: what the law lets go, and what should never have been. */
class ShreddingTest {
    private static final String PATH = "/v1/shreddings";

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock);

    @BeforeEach
    void start() {
        fixture.start();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anErasedIdentityIsGoneAtOnceAndEverywhereAfterThreeFurtherNights() throws SQLException {
        String reference = register("a", 1).json().path("reference").asString();
        Answer shredded = shred("one", erasure(1));
        assertThat(shredded.status()).as(shredded.text()).isEqualTo(200);
        OpenApi openApi = new OpenApi(controller());
        openApi.check("post", PATH, shredded);
        String holder = shredded.json().path("stream").asString();
        assertThat(shredded.json().path("state").asString()).isEqualTo("PENDING_REWRITES");
        assertThat(count("SELECT count(*) FROM keyring.data_key WHERE id = '" + holder + "'"))
                .isZero();
        assertThat(count("SELECT count(*) FROM keyring.data_key WHERE id = '" + reference + "'"))
                .as("the record stays")
                .isEqualTo(1);
        assertThat(register("b", 1).code()).isEqualTo("HOLDER_ERASED");

        String one = PATH + "/" + shredded.json().path("id").asString();
        assertThat(rewriteToday()).isEqualTo("DONE");
        assertThat(rewriteToday()).isEqualTo("DONE");
        assertThat(controller().get(one).json().path("rewrites").asInt())
                .as("two rewrites of one day are one")
                .isEqualTo(1);
        for (int night = 1; night <= 2; night++) {
            int before = night;
            assertThat(controller().get(one).json().path("state").asString()).isEqualTo("PENDING_REWRITES");
            ahead.set(Duration.ofDays(night));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> controller().get(one).json().path("rewrites").asInt() == before + 1);
        }
        Answer done = controller().get(one);
        assertThat(done.json().path("state").asString()).isEqualTo("DONE");
        openApi.check("get", PATH + "/{id}", done);
        openApi.check("get", PATH, controller().get(PATH));
    }

    @Test
    void theSameRequestIsNotDoneTwiceAndItsKeyServesNoOther() throws SQLException {
        register("a", 1);
        register("b", 2);
        Answer first = shred("key", erasure(1));
        Answer again = shred("key", erasure(1));
        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(shred("other", erasure(1)).json().path("id"))
                .as("shredded before")
                .isEqualTo(first.json().path("id"));
        assertThat(shred("key", erasure(2)).code()).isEqualTo("IDEMPOTENCY_CONFLICT");
        assertThat(count("SELECT count(*) FROM keyring.shredding")).isEqualTo(1);
    }

    @Test
    void onlyAWrongRecordIsShreddedAgainstTheLawsRetentionAndThenNobodyChangesIt() {
        Answer registered = register("a", 1);
        String reference = registered.json().path("reference").asString();
        assertThat(shred("one", body("WRONG_RECORD", "holder", UUID.randomUUID().toString()))
                        .status())
                .isEqualTo(400);
        Answer shredded = shred("two", body("WRONG_RECORD", "reference", reference));
        assertThat(shredded.json().path("stream").asString()).isEqualTo(reference);
        Answer correction = fixture.client()
                .with("If-Match", "\"1\"")
                .put("/v1/qualifications/" + reference, Samples.correction("Master of Laws"));
        assertThat(correction.status()).isEqualTo(409);
        assertThat(correction.code()).isEqualTo("RECORD_SHREDDED");
        assertThat(register("a", 1).code()).as("its reference stays taken").isEqualTo("REFERENCE_CONFLICT");
        assertThat(register("b", 1).status()).as("its holder is not touched").isEqualTo(201);
    }

    @Test
    void anErasureByTheReferenceOfARecordErasesItsHolderOnly() throws SQLException {
        String reference = register("a", 1).json().path("reference").asString();
        String holder = holderOf(1);
        Answer shredded = shred("one", body("ERASURE", "reference", reference));
        assertThat(shredded.status()).as(shredded.text()).isEqualTo(200);
        assertThat(shredded.json().path("stream").asString()).isEqualTo(holder);
        assertThat(count("SELECT count(*) FROM keyring.data_key WHERE id = '" + holder + "'"))
                .isZero();
        assertThat(count("SELECT count(*) FROM keyring.data_key WHERE id = '" + reference + "'"))
                .isEqualTo(1);
    }

    @Test
    void whatThereIsNotCannotBeShreddedAndOthersThanTheControllerMayNot() throws SQLException {
        assertThat(shred("one", erasure(1)).code()).isEqualTo("UNKNOWN_REFERENCE");
        String reference = register("a", 1).json().path("reference").asString();
        assertThat(shred("five", body("WRONG_RECORD", "reference", holderOf(1))).code())
                .as("a holder is no record")
                .isEqualTo("UNKNOWN_REFERENCE");
        assertThat(shred("six", body("ERASURE", "holder", reference)).code())
                .as("a record is no holder")
                .isEqualTo("UNKNOWN_REFERENCE");
        assertThat(fixture.client()
                        .with("Idempotency-Key", "two")
                        .post(PATH, erasure(1))
                        .status())
                .isEqualTo(403);
        assertThat(controller().post(PATH, erasure(1)).code()).as("no key").isEqualTo("MALFORMED");
        assertThat(shred("three", "{\"kind\":\"ERASURE\"}").status()).isEqualTo(422);
        assertThat(shred("four", erasure(1).replace("REQUESTED", "not a code")).text())
                .contains("MALFORMED")
                .doesNotContain("not a code");
    }

    @Test
    void withAnIdentityGoTheSearchesThatFoundIt() throws SQLException {
        String local = UUID.randomUUID().toString();
        String reference = fixture.client()
                .post("/v1/qualifications", Samples.withoutNumber("shred-sought", local, "Ní Bhriain"))
                .json()
                .path("reference")
                .asString();
        assertThat(search("Ní Bhriain").json().path("candidates").size()).isEqualTo(1);
        assertThat(search("Somebody Else").json().path("candidates").size()).isZero();
        String erasable = "SELECT count(*) FROM keyring.data_key WHERE regime = 'ERASABLE'";
        assertThat(count(erasable)).as("the holder and two searches").isEqualTo(3);

        String erasure = body("ERASURE", "reference", reference);
        Answer shredded = shred("one", erasure);
        assertThat(shredded.status()).as(shredded.text()).isEqualTo(200);
        assertThat(count(erasable)).as("the search that led elsewhere").isEqualTo(1);
        assertThat(shred("one", erasure).json().path("id"))
                .as("the same request again")
                .isEqualTo(shredded.json().path("id"));
        assertThat(controller().get(PATH).json().path("shreddings").size()).isEqualTo(2);
        assertThat(search("Ní Bhriain").json().path("candidates").size()).isZero();
    }

    private Answer search(String familyName) {
        Answer found = controller().post("/v1/holders/candidates", """
                {"familyName":"%s","givenNames":"Aoife Máire","birthDate":"1988-02","reasonCode":"LINK","reason":"a request"}""".formatted(familyName));
        assertThat(found.status()).as(found.text()).isEqualTo(200);
        return found;
    }

    @Test
    void aShreddingThatWasInterruptedIsFinishedByTheSameRequest() throws SQLException {
        register("a", 1);
        try (Connection other = superuser()) {
            other.setAutoCommit(false);
            // the tombstone's key cannot be made: after the ledger, before the log
            other.createStatement()
                    .execute(
                            "REVOKE INSERT (id, generation, regime, kek_id, wrapped) ON keyring.data_key FROM kr_registry");
            other.commit();
            assertThat(shred("one", erasure(1)).status()).isEqualTo(503);
            assertThat(controller().get(PATH).json().at("/shreddings/0/state").asString())
                    .isEqualTo("PLANNED");
            other.createStatement()
                    .execute(
                            "GRANT INSERT (id, generation, regime, kek_id, wrapped) ON keyring.data_key TO kr_registry");
            other.commit();
        }
        Answer finished = shred("one", erasure(1));
        assertThat(finished.json().path("state").asString()).isEqualTo("PENDING_REWRITES");
        assertThat(count("SELECT count(*) FROM keyring.shredding")).isEqualTo(1);
    }

    @Test
    void anOlderKeyringThatWasPutBackIsShreddedAgain() throws SQLException {
        register("a", 1);
        String holder = holderOf(1);
        execute("CREATE TABLE keyring.backup AS SELECT * FROM keyring.data_key WHERE id = '" + holder + "'");
        shred("one", erasure(1));
        execute("INSERT INTO keyring.data_key SELECT * FROM keyring.backup");
        execute("DELETE FROM keyring.shredding");
        assertThat(register("b", 1).status()).as("it lives again").isEqualTo(201);

        Answer begun = controller().post("/v1/keys/operations", "{\"kind\":\"replay-shreddings\"}");
        assertThat(awaitEnd(begun)).isEqualTo("DONE");

        assertThat(count("SELECT count(*) FROM keyring.data_key WHERE id = '" + holder + "'"))
                .isZero();
        assertThat(controller().get(PATH).json().at("/shreddings/0/stream").asString())
                .isEqualTo(holder);
        assertThat(register("c", 1).code()).isEqualTo("HOLDER_ERASED");
    }

    /** The key generation changes in between: before it, over what is shredded already, and after it. */
    @Test
    void aLogWithShreddedStreamsIsSealedAnewAndIndexedUnderNewKeysAndShreddedFurther() throws SQLException {
        register("a", 1);
        register("b", 2);
        String one = shred("one", erasure(1)).json().path("stream").asString();

        assertThat(operation("data-keys")).isEqualTo("DONE");
        Answer second = shred("two", erasure(2));
        assertThat(second.status()).as(second.text()).isEqualTo(200);
        assertThat(operation("data-keys"))
                .as("over the tombstones of two generations")
                .isEqualTo("DONE");
        assertThat(operation("replay-shreddings")).isEqualTo("DONE");

        assertThat(count("SELECT count(*) FROM keyring.data_key WHERE id IN ('" + one + "', '"
                        + second.json().path("stream").asString() + "')"))
                .isZero();
        assertThat(count("SELECT count(DISTINCT generation) FROM keyring.data_key WHERE regime <> 'JOB'"))
                .isEqualTo(1);
        assertThat(register("c", 1).code()).isEqualTo("HOLDER_ERASED");
        assertThat(register("d", 3).status()).isEqualTo(201);

        fixture.custodian().newHolderIndex();
        assertThat(operation("index-key")).isEqualTo("DONE");
        assertThat(register("e", 1).status())
                .as("the number's own row went with the rotation: whoever has it is somebody new")
                .isEqualTo(201);
        assertThat(shred("three", erasure(3)).status())
                .as("who was not shredded is still found")
                .isEqualTo(200);
    }

    /** As docs/runbooks/shred-holder.md has it: moved, or where the law wants no trace, registered anew and shredded. */
    @Test
    void aRecordUnderTheWrongPersonIsRegisteredAnewAndShreddedAndNothingElseOfEitherIsTouched() throws SQLException {
        String wrong = register("wrong", 1).json().path("reference").asString();
        String theirs = register("theirs", 1).json().path("reference").asString();
        Answer moved = controller()
                .with("Idempotency-Key", "move")
                .post("/v1/qualifications/" + wrong + "/holder", toNumber(2));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        int keys = count("SELECT count(*) FROM keyring.data_key");

        String anew = register("anew", 2).json().path("reference").asString();
        Answer shredded = shred("gone", body("WRONG_RECORD", "reference", wrong));
        assertThat(shredded.status()).as(shredded.text()).isEqualTo(200);

        assertThat(shredded.json().path("stream").asString()).isEqualTo(wrong);
        assertThat(count("SELECT count(*) FROM keyring.data_key"))
                .as("the record's key went; that of the new record and of the tombstone came")
                .isEqualTo(keys + 1);
        for (String untouched : new String[] {theirs, anew}) {
            assertThat(fixture.client()
                            .with("If-Match", "\"1\"")
                            .put("/v1/qualifications/" + untouched, Samples.correction("Master of Laws"))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(register("more", 1).status()).isEqualTo(201);
        assertThat(register("more-too", 2).status()).isEqualTo(201);
    }

    private static String toNumber(int number) {
        return """
                {"holder":{"insz":"%s"},"reasonCode":"WRONG_PERSON","reason":"two cousins"}""".formatted(Samples.insz(number));
    }

    private String operation(String kind) {
        return awaitEnd(controller().post("/v1/keys/operations", "{\"kind\":\"" + kind + "\"}"));
    }

    private String holderOf(int number) throws SQLException {
        try (Connection connection = superuser();
                var row = connection
                        .createStatement()
                        .executeQuery("SELECT id FROM keyring.data_key WHERE regime = 'ERASABLE'")) {
            assertThat(row.next()).as("the holder of " + number).isTrue();
            return row.getString(1);
        }
    }

    private String rewriteToday() {
        return awaitEnd(controller().post("/v1/keys/operations", "{\"kind\":\"keyring\"}"));
    }

    private String awaitEnd(Answer begun) {
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        JsonNode ended = Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(
                        () -> controller().get(begun.header("Location")).json(),
                        operation -> operation.has("finishedAt"));
        return ended.path("state").asString();
    }

    private Client controller() {
        return fixture.client().as("controller:ann");
    }

    private Answer shred(String key, String body) {
        return controller().with("Idempotency-Key", key).post(PATH, body);
    }

    private static String erasure(int number) {
        return body("ERASURE", "insz", Samples.insz(number));
    }

    private static String body(String kind, String name, String value) {
        return """
                {"kind":"%s","%s":"%s","legalBasis":"GDPR art. 17(1)(b)","reasonCode":"REQUESTED",\
                "reason":"asked for in writing","case":"2026/17"}""".formatted(kind, name, value);
    }

    private Answer register(String reference, int number) {
        return fixture.client()
                .post("/v1/qualifications", Samples.registration("shred-" + reference, Samples.insz(number)));
    }

    private Connection superuser() throws SQLException {
        Login login = TestServices.postgres().superuser();
        return DriverManager.getConnection(
                fixture.database(Database.KEYRING).url(), login.username(), login.password());
    }

    private int count(String query) throws SQLException {
        try (Connection connection = superuser();
                var row = connection.createStatement().executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = superuser()) {
            connection.createStatement().execute(statement);
        }
    }
}
