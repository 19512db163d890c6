package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.WrappedKey;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R17, L03: an epoch key goes by the schedule once nothing stands under it, and the log says so. */
class KeyDestructionTest {
    private static final byte[] CONTEXT = "canary".getBytes(StandardCharsets.US_ASCII);
    private static final Duration LATER = Duration.ofDays(4);

    @TempDir
    Path directory;

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock);
    private final LocalDate first = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    private Authorities authorities;
    private HttpsCustodian asRegistry;
    private WrappedKey canary;

    @BeforeEach
    void start() {
        authorities = new Authorities(directory);
        TestCustodian custodian = fixture.custodian();
        custodian.at(clock);
        custodian.restart();
        asRegistry = client("registry");
        try (HttpsCustodian operator = client("operator");
                SecretBytes key = SecretBytes.random(32)) {
            canary = asRegistry.wrap(key, CONTEXT);
            fixture.with(
                    "DIPLOMATICS_KEYS_DESTRUCTION_RECEIPTKEYS",
                    "test="
                            + Base64.getEncoder()
                                    .encodeToString(operator.status().receiptKey()));
        }
        fixture.with("DIPLOMATICS_KEYS_DESTRUCTION_SCHEDULES", authorities.schedule.toString());
        fixture.with("DIPLOMATICS_BACKUP_INDEX", authorities.generations.toString());
        authorities.signSchedule(clock.instant());
    }

    @AfterEach
    void close() {
        asRegistry.close();
        fixture.close();
    }

    @Test
    void aKeyOfAPastDayIsDestroyedByItselfAndTheLogSaysSoOnce() throws SQLException {
        begin();
        register(1);
        JsonNode keys = keys();
        assertThat(keys.path("destruction").asString()).isEqualTo("NOTHING_DUE");
        assertThat(keys.at("/keys/0/label").asString()).isEqualTo("epoch-" + first);
        assertThat(keys.at("/keys/0/state").asString()).isEqualTo("IN_USE");
        unwrapCanary();

        authorities.signGenerations(clock.instant().plus(LATER), days(1, 2, 3));
        ahead.set(LATER);
        JsonNode receipt = awaitReceipt();
        assertThat(receipt.path("label").asString()).isEqualTo("epoch-" + first);
        assertThat(receipt.path("rule").asString()).isEqualTo("SCHEDULE");
        awaitState("RETIRED");
        assertThatThrownBy(this::unwrapCanary)
                .as("what stood under it opens no more")
                .isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining("KEY_DESTROYED");
        assertThat(retiredEvents()).isEqualTo(1);
        OpenApi openApi = new OpenApi(controller());
        openApi.check("get", "/v1/keys/receipts", controller().get("/v1/keys/receipts"));
        openApi.check("get", "/v1/keys", controller().get("/v1/keys"));
        assertThat(count(
                        Database.REGISTRY,
                        "SELECT count(*) FROM keys.statement s JOIN keys.destruction d ON d.inventory_hash = s.hash"))
                .as("the receipt names what this registry signed")
                .isEqualTo(1);

        fixture.stop();
        fixture.start();
        assertThat(operation()).isEqualTo("DONE");
        assertThat(retiredEvents()).isEqualTo(1);
        register(2);
        Answer audit = controller().get("/v1/keys/audit");
        assertThat(audit.status()).isEqualTo(200);
        assertThat(audit.lines()).isNotEmpty().noneMatch(line -> line.has("finding"));
        assertThat(fixture.client().get("/v1/keys/receipts").status()).isEqualTo(403);
    }

    @Test
    void withoutAnIndexOfGenerationsItSaysThatItWaitsForOne() {
        fixture.settings().remove("DIPLOMATICS_BACKUP_INDEX");
        begin();
        ahead.set(LATER);
        awaitDestruction("WAITING_FOR_GENERATION_INDEX");
        Answer begun = controller().post("/v1/keys/operations", "{\"kind\":\"epoch-keys\"}");
        assertThat(awaitEnd(begun).path("step").asString()).isEqualTo("waiting for generation index: 1 due");
        assertThat(receipts()).isEmpty();
        unwrapCanary();
    }

    @Test
    void whileGenerationsStillNeedItNothingIsDestroyedAndItIsAskedAgainLater() {
        begin();
        authorities.signGenerations(clock.instant().plus(LATER), days(0, 1, 2, 3));
        ahead.set(LATER);
        awaitAnswer("KEY_STILL_NEEDED");
        unwrapCanary();
        authorities.signGenerations(clock.instant(), days(1, 2, 3));
        ahead.set(LATER.plusMinutes(61));
        awaitReceipt();
    }

    @Test
    void aSiteThatIsAwayIsWaitedFor() {
        begin();
        ahead.set(LATER);
        awaitDestruction("ASKING");
        authorities.signGenerations(clock.instant(), days(1, 2, 3));
        fixture.custodian().stop();
        ahead.set(LATER.plusMinutes(61));
        awaitAnswer("AWAY");
        fixture.custodian().restart();
        ahead.set(LATER.plusMinutes(122));
        awaitReceipt();
    }

    @Test
    void interruptedBetweenDestructionReceiptAndEventItGoesOnAndDoublesNothing() throws SQLException {
        begin();
        register(1);
        // destroyed, but the answer is lost on its way into the database
        execute(Database.REGISTRY, "REVOKE INSERT ON keys.destruction FROM rg_app");
        authorities.signGenerations(clock.instant().plus(LATER), days(1, 2, 3));
        ahead.set(LATER);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(this::canaryIsGone);
        fixture.stop();
        assertThat(count(Database.REGISTRY, "SELECT count(*) FROM keys.destruction"))
                .isZero();
        // kept now, but not said
        execute(Database.REGISTRY, "GRANT INSERT ON keys.destruction TO rg_app");
        execute(Database.REGISTRY, "REVOKE INSERT ON keys.retirement FROM rg_app");
        fixture.start();
        awaitReceipt();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> retiredEvents() == 1);
        fixture.stop();
        execute(Database.REGISTRY, "GRANT INSERT ON keys.retirement TO rg_app");
        fixture.start();
        awaitState("RETIRED");
        assertThat(retiredEvents()).isEqualTo(1);
    }

    @Test
    void theLogSaysThatAKeyIsNoMoreOnlyOnceEverySiteHasDestroyedIt() throws SQLException {
        begin();
        execute(
                Database.REGISTRY,
                "INSERT INTO keys.epoch_key (custodian, label, seen_at) SELECT 'second', label, seen_at FROM keys.epoch_key");
        authorities.signGenerations(clock.instant().plus(LATER), days(1, 2, 3));
        ahead.set(LATER);
        awaitReceipt();
        awaitAnswer("NO_SCHEDULE");
        assertThat(operation()).isEqualTo("DONE");
        assertThat(retiredEvents()).isZero();
        assertThat(firstKey().map(key -> key.path("state").asString())).containsExactlyInAnyOrder("DESTROYED", "DUE");
        execute(
                Database.REGISTRY,
                "INSERT INTO keys.destruction SELECT 'second', label, statement, signature, hash,"
                        + " inventory_hash, rule, destroyed_at, received_at FROM keys.destruction");
        awaitState("RETIRED");
        assertThat(retiredEvents()).isEqualTo(1);
    }

    @Test
    void aReceiptThatSomebodyBringsIsKeptOnlyWhenItHolds() {
        begin();
        Answer forged = controller()
                .post("/v1/keys/receipts", "{\"statement\":\"{}\",\"signature\":\"" + "A".repeat(88) + "\"}");
        new OpenApi(controller()).check("post", "/v1/keys/receipts", forged);
        assertThat(forged.code()).isEqualTo("RECEIPT_REFUSED");
        assertThat(receipts()).isEmpty();
    }

    @Test
    void whatARegistryHasLostThatItSignedIsBroughtBackWithTheReceipt() throws SQLException {
        begin();
        authorities.signGenerations(clock.instant().plus(LATER), days(1, 2, 3));
        ahead.set(LATER);
        JsonNode receipt = awaitReceipt();
        awaitState("RETIRED");
        // its database is put back to before
        execute(Database.REGISTRY, "ALTER TABLE keys.destruction DISABLE TRIGGER ALL");
        execute(Database.REGISTRY, "ALTER TABLE keys.statement DISABLE TRIGGER ALL");
        execute(Database.REGISTRY, "DELETE FROM keys.destruction");
        execute(Database.REGISTRY, "DELETE FROM keys.statement");
        Map<String, String> brought = new TreeMap<>(Map.of(
                "statement", receipt.path("statement").asString(),
                "signature", receipt.path("signature").asString()));
        assertThat(bring(brought).code()).isEqualTo("RECEIPT_REFUSED");
        assertThat(receipts()).isEmpty();

        JsonNode named = receipt.path("inventory");
        brought.put("inventory", named.path("statement").asString().replace("epoch-", "epoch_"));
        brought.put("inventorySignature", named.path("signature").asString());
        assertThat(bring(brought).code()).as("not what was signed").isEqualTo("RECEIPT_REFUSED");
        brought.put("inventory", named.path("statement").asString());
        Answer kept = bring(brought);
        assertThat(kept.status()).as(kept.text()).isEqualTo(200);
        assertThat(receipts().path(0).path("inventoryHash")).isEqualTo(receipt.path("inventoryHash"));
        assertThat(retiredEvents()).isEqualTo(1);
    }

    private Answer bring(Map<String, String> receipt) {
        return new OpenApi(controller())
                .check(
                        "post",
                        "/v1/keys/receipts",
                        controller()
                                .post("/v1/keys/receipts", JsonMapper.shared().writeValueAsString(receipt)));
    }

    @Test
    void theReceiptsAreNeverChanged() {
        begin();
        for (String table : List.of("statement", "destruction", "retirement")) {
            String set = table.equals("retirement") ? "appended_at = now()" : "statement = ''";
            for (String change : List.of(
                    "DELETE FROM keys." + table,
                    "UPDATE keys." + table + " SET " + set,
                    "TRUNCATE keys." + table + " CASCADE")) {
                assertThatThrownBy(() -> execute(Database.REGISTRY, change))
                        .as(change)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
            }
        }
    }

    /** Starts the service, and has the custodian believe its signatures, as the ceremony does. */
    private void begin() {
        fixture.start();
        String key = controller()
                .get("/v1/keys/inventory-key")
                .json()
                .path("publicKey")
                .asString();
        fixture.custodian().believe(authorities.with(Base64.getDecoder().decode(key)));
        fixture.custodian().restart();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> keys().path("keys").size() == 1);
    }

    private List<String> days(int... offsets) {
        return Arrays.stream(offsets)
                .mapToObj(offset -> first.plusDays(offset).toString())
                .toList();
    }

    private HttpsCustodian client(String service) {
        TestCustodian custodian = fixture.custodian();
        return new HttpsCustodian(
                List.of(custodian.uri()),
                custodian.authority().keyStore(service),
                custodian.authority().trustStore(),
                custodian.authority().password());
    }

    private void unwrapCanary() {
        asRegistry.unwrap(canary, CONTEXT).close();
    }

    private boolean canaryIsGone() {
        try {
            unwrapCanary();
            return false;
        } catch (KeysUnavailableException e) {
            return String.valueOf(e.getMessage()).contains("KEY_DESTROYED");
        }
    }

    private JsonNode keys() {
        Answer keys = controller().get("/v1/keys");
        assertThat(keys.status()).as(keys.text()).isEqualTo(200);
        return keys.json().path("epochKeys");
    }

    private Stream<JsonNode> firstKey() {
        return keys().path("keys")
                .valueStream()
                .filter(key -> key.path("label").asString().equals("epoch-" + first));
    }

    private void awaitDestruction(String state) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> keys().path("destruction").asString(), state::equals);
    }

    private void awaitState(String state) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> firstKey()
                                .map(key -> key.path("state").asString())
                                .toList(),
                        states -> !states.isEmpty() && states.stream().allMatch(state::equals));
    }

    private void awaitAnswer(String answer) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> firstKey()
                        .anyMatch(key -> key.path("answer").asString("").equals(answer)));
    }

    private JsonNode receipts() {
        return controller().get("/v1/keys/receipts").json().path("receipts");
    }

    private JsonNode awaitReceipt() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(this::receipts, receipts -> receipts.size() == 1)
                .path(0);
    }

    private String operation() {
        return awaitEnd(controller().post("/v1/keys/operations", "{\"kind\":\"epoch-keys\"}"))
                .path("state")
                .asString();
    }

    private JsonNode awaitEnd(Answer begun) {
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> controller().get(begun.header("Location")).json(),
                        operation -> operation.has("finishedAt"));
    }

    private void register(int number) {
        assertThat(fixture.client()
                        .post("/v1/qualifications", Samples.registration("destruction-" + number, Samples.insz(number)))
                        .status())
                .isEqualTo(201);
    }

    private Client controller() {
        return fixture.client().as("controller:ann");
    }

    private int retiredEvents() throws SQLException {
        return count(Database.EVENTSTORE, "SELECT count(*) FROM eventstore.event WHERE type = 'KeyRetired'");
    }

    private int count(Database database, String query) throws SQLException {
        try (Connection connection = superuser(database);
                var row = connection.createStatement().executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    private void execute(Database database, String statement) throws SQLException {
        try (Connection connection = superuser(database)) {
            connection.createStatement().execute(statement);
        }
    }

    private Connection superuser(Database database) throws SQLException {
        Login login = TestServices.postgres().superuser();
        return DriverManager.getConnection(fixture.database(database).url(), login.username(), login.password());
    }
}
