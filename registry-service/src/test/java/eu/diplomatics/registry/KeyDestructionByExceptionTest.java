package eu.diplomatics.registry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.Ceremony.Typed;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.WrappedKey;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * R17, L03: an epoch key goes outside the schedule, at two sites, as its people do it: the registry's inventory, the
 * controller's signature, two operators, three days, the receipts back to the registry, the event.
 */
class KeyDestructionByExceptionTest {
    private static final byte[] CONTEXT = "canary".getBytes(StandardCharsets.US_ASCII);
    private static final String RECEIPTS = "/v1/keys/receipts";

    @TempDir
    Path directory;

    /** It is noon at first, so that no day ends by itself meanwhile. */
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.between(
            Instant.now(),
            LocalDate.now(ZoneOffset.UTC).plusDays(1).atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC)));

    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock);
    private final Map<String, WrappedKey> canaries = new HashMap<>();
    private final String label = "epoch-" + LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    private Authorities authorities;
    private CustodianDesk first;
    private CustodianDesk second;

    @BeforeEach
    void twoSites() throws IOException {
        authorities = new Authorities(directory);
        TestCustodian one = fixture.custodian();
        one.at(clock);
        TestCustodian other = one.second(Files.createDirectory(directory.resolve("site")));
        other.at(clock);
        other.restart();
        first = new CustodianDesk(one, directory, authorities);
        second = new CustodianDesk(other, directory, authorities);
        fixture.with("DIPLOMATICS_CUSTODIAN_ENDPOINTS", one.uri() + "," + other.uri());
        fixture.with("DIPLOMATICS_CUSTODIAN_SITES", "2");
        fixture.with(
                "DIPLOMATICS_KEYS_DESTRUCTION_RECEIPTKEYS",
                "test=" + first.receiptKey() + ",second=" + second.receiptKey());
        for (CustodianDesk desk : List.of(first, second)) {
            try (HttpsCustodian client = client(desk);
                    SecretBytes key = SecretBytes.random(32)) {
                canaries.put(desk.site().id(), client.wrap(key, CONTEXT));
            }
        }
    }

    @AfterEach
    void close() {
        fixture.close();
        second.site().close();
    }

    @Test
    void aKeyGoesFromTheRegistrysInventoryOverTwoOperatorsAndThreeDaysToTheEvent() throws Exception {
        start();
        register(1);
        Answer refused = inventory(label, first);
        assertThat(refused.code()).as("the keyring stands under it").isEqualTo("KEY_STILL_NEEDED");
        move(Duration.ofDays(1));
        first.sign(awaitInventory(first));
        second.sign(awaitInventory(second));
        Instant due = first.approved(label);
        Instant dueThere = second.approved(label);

        moveTo(due.minus(Duration.ofMinutes(1)));
        assertThat(CustodianDesk.state(first.destroy())).isEqualTo("HELD");
        assertThat(CustodianDesk.state(second.destroy())).isEqualTo("HELD");
        unwrapCanary(first);
        moveTo(dueThere);
        second.site().stop();
        assertThat(CustodianDesk.state(first.destroy())).isEqualTo("DESTROYED");
        assertThat(second.destroy().status()).isEqualTo(CustodianDesk.AWAY);
        assertCanaryIsGone(first);
        assertThat(bring(first).status()).isEqualTo(200);
        assertThat(states()).isEqualTo(Map.of("test", "DESTROYED", "second", "DUE"));
        assertThat(operation()).isEqualTo("DONE");
        assertThat(retiredEvents()).as("the other site still has its key").isZero();

        second.site().restart();
        unwrapCanary(second);
        assertThat(CustodianDesk.state(second.destroy())).isEqualTo("DESTROYED");
        assertCanaryIsGone(second);
        assertThat(bring(second).status()).isEqualTo(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> states().equals(Map.of("test", "RETIRED", "second", "RETIRED")));
        assertThat(retiredEvents()).isEqualTo(1);
        assertEachReceiptNamesItsInventory();

        assertThat(bring(first).status()).as("brought again").isEqualTo(200);
        fixture.stop();
        fixture.start();
        assertThat(operation()).isEqualTo("DONE");
        assertThat(retiredEvents()).isEqualTo(1);
        register(2);
        assertThat(controller().get("/v1/keys/audit").lines()).noneMatch(line -> line.has("finding"));
    }

    @Test
    void whatWasNotSignedByBothForThisKeyAndJustNowDestroysNothing() throws Exception {
        move(Duration.ofDays(1));
        start();
        first.sign(awaitInventory(first));
        String good = Files.readString(first.file("registry.signed"));
        assertThat(refusal(first.destroy("registry.signed", "registry.signed")))
                .as("the registry in the controller's place")
                .contains("SIGNATURE_INVALID");
        Files.writeString(first.file("changed"), good.replace("\\\"rows\\\":0", "\\\"rows\\\":1"));
        Files.writeString(
                first.file("changed.controller"),
                Files.readString(first.file("controller.signed")).replace("\\\"rows\\\":0", "\\\"rows\\\":1"));
        assertThat(first.show("changed").out()).contains("\"rows\" : 1");
        assertThat(first.show("changed", inventoryKey()).status()).isEqualTo(1);
        assertThat(refusal(first.destroy("changed", "changed.controller"))).contains("SIGNATURE_INVALID");
        first.sign(awaitInventory(second));
        assertThat(refusal(first.destroy())).as("of the other site").contains("STATEMENT_INVALID");
        first.sign(inventory("epoch-2020-01-01", first).text());
        assertThat(refusal(first.destroy())).as("of another key").contains("KEY_UNKNOWN");
        Files.writeString(first.file("other"), good);
        assertThat(first.destroy("other", "controller.signed").status())
                .as("two inventories")
                .isEqualTo(3);

        first.sign(good);
        move(Duration.ofHours(25));
        assertThat(refusal(first.destroy())).contains("STATEMENT_STALE");
        first.sign(awaitInventory(first));
        assertThat(CustodianDesk.state(first.destroy())).isEqualTo("ASKED");
        assertThat(first.approve("operator", label).status()).isZero();
        assertThat(refusal(first.approve("operator", label))).contains("SAME_OPERATOR");
        assertThat(refusal(first.approve("controller", label))).contains("VERB_NOT_ALLOWED");
        move(Duration.ofHours(73));
        assertThat(CustodianDesk.state(first.destroy()))
                .as("one operator, however long")
                .isEqualTo("ASKED");
        first.sign(awaitInventory(first));
        assertThat(refusal(first.destroy())).as("another inventory meanwhile").contains("ALREADY_PENDING");
        assertThat(refusal(first.receipt(label))).contains("KEY_UNKNOWN");
        assertThat(receipts()).isEmpty();
        unwrapCanary(first);
    }

    @Test
    void whatWasTakenBackBeginsAnewAndAKeyTheKeyringNeverStoodUnderEndsInTheLogToo() throws Exception {
        move(Duration.ofDays(1));
        start();
        first.sign(awaitInventory(first));
        moveTo(first.approved(label).minus(Duration.ofMinutes(1)));
        assertThat(first.revoke("operator-2", label).status()).isZero();
        move(Duration.ofMinutes(2));
        assertThat(refusal(first.destroy())).as("the inventory is old by now").contains("STATEMENT_STALE");
        unwrapCanary(first);

        first.sign(awaitInventory(first));
        moveTo(first.approved(label));
        assertThat(CustodianDesk.state(first.destroy())).isEqualTo("DESTROYED");
        assertCanaryIsGone(first);
        first.receipt(label);
        String receipt = Files.readString(first.file("receipt"));
        for (String changed : List.of(
                receipt.replace("operator-2", "operator-3"),
                receipt.replace("test", "second"),
                receipt.replace(label, "epoch-2020-01-01"))) {
            assertThat(changed).isNotEqualTo(receipt);
            assertThat(controller().post(RECEIPTS, changed).code()).isEqualTo("RECEIPT_REFUSED");
        }
        assertThat(receipts()).isEmpty();
        assertThat(fixture.client().post(RECEIPTS, receipt).status())
                .as("a supplier")
                .isEqualTo(403);
        assertThat(bring(first).status()).isEqualTo(200);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> states().equals(Map.of("test", "RETIRED")));
        assertThat(retiredEvents()).isEqualTo(1);
    }

    /** What an auditor checks with the custodian's command line and public keys alone. */
    private void assertEachReceiptNamesItsInventory() throws IOException {
        new OpenApi(controller()).check("get", RECEIPTS, controller().get(RECEIPTS));
        assertThat(receipts()).hasSize(2);
        for (JsonNode receipt : receipts()) {
            CustodianDesk desk = receipt.path("custodian").asString().equals("test") ? first : second;
            CustodianDesk other = desk == first ? second : first;
            assertThat(receipt.path("inventoryHash").asString()).isEqualTo(desk.hash("registry.signed"));
            Files.writeString(desk.file("kept"), receipt.toString());
            Typed shown = desk.show("kept", desk.receiptKey(), inventoryKey());
            assertThat(shown.status()).as(shown.out()).isZero();
            assertThat(shown.out()).contains("operator-2", "this is what the receipt names");
            assertThat(desk.show("kept", other.receiptKey(), inventoryKey()).status())
                    .isEqualTo(1);
            assertThat(desk.show("controller.signed", authorities.controllerKey())
                            .status())
                    .isZero();
        }
    }

    /** Starts the service, and has both sites believe its signatures, as the ceremony does. */
    private void start() {
        fixture.start();
        for (CustodianDesk desk : List.of(first, second)) {
            desk.site().believe(authorities.with(Base64.getDecoder().decode(inventoryKey())));
            desk.site().restart();
        }
    }

    private String inventoryKey() {
        return controller()
                .get("/v1/keys/inventory-key")
                .json()
                .path("publicKey")
                .asString();
    }

    private void move(Duration by) {
        ahead.updateAndGet(before -> before.plus(by));
    }

    private void moveTo(Instant time) {
        ahead.set(Duration.between(Instant.now(), time));
    }

    private Answer inventory(String key, CustodianDesk desk) {
        return controller()
                .post(
                        "/v1/keys/inventory/statements",
                        "{\"label\":\"" + key + "\",\"custodian\":\""
                                + desk.site().id() + "\"}");
    }

    /** Once the keyring is rewritten, as it is every night. */
    private String awaitInventory(CustodianDesk desk) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(() -> inventory(label, desk), answer -> answer.status() == 200)
                .text();
    }

    /** As {@code ./dev keys receipts FILE} does. */
    private Answer bring(CustodianDesk desk) throws IOException {
        assertThat(desk.receipt(label).status()).isZero();
        return controller().post(RECEIPTS, Files.readString(desk.file("receipt")));
    }

    private static String refusal(Typed typed) {
        assertThat(typed.status()).as(typed.out()).isEqualTo(CustodianDesk.REFUSED);
        return typed.err();
    }

    private static HttpsCustodian client(CustodianDesk desk) {
        TestCustodian site = desk.site();
        return new HttpsCustodian(
                List.of(site.uri()),
                site.authority().keyStore("registry"),
                site.authority().trustStore(),
                site.authority().password());
    }

    private void unwrapCanary(CustodianDesk desk) {
        try (HttpsCustodian client = client(desk)) {
            client.unwrap(requireNonNull(canaries.get(desk.site().id())), CONTEXT)
                    .close();
        }
    }

    private void assertCanaryIsGone(CustodianDesk desk) {
        assertThatThrownBy(() -> unwrapCanary(desk))
                .as("what stood under it opens no more")
                .isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining("KEY_DESTROYED");
    }

    private Map<String, String> states() {
        Map<String, String> states = new HashMap<>();
        for (JsonNode key : controller().get("/v1/keys").json().at("/epochKeys/keys")) {
            if (key.path("label").asString().equals(label)) {
                states.put(key.path("custodian").asString(), key.path("state").asString());
            }
        }
        return states;
    }

    private JsonNode receipts() {
        return controller().get(RECEIPTS).json().path("receipts");
    }

    private String operation() {
        Answer begun = controller().post("/v1/keys/operations", "{\"kind\":\"epoch-keys\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> controller().get(begun.header("Location")).json(), done -> done.has("finishedAt"))
                .path("state")
                .asString();
    }

    private void register(int number) {
        assertThat(fixture.client()
                        .post("/v1/qualifications", Samples.registration("exception-" + number, Samples.insz(number)))
                        .status())
                .isEqualTo(201);
    }

    private Client controller() {
        return fixture.client().as("controller:ann");
    }

    private int retiredEvents() throws SQLException {
        Login login = TestServices.postgres().superuser();
        try (Connection connection = DriverManager.getConnection(
                        fixture.database(Database.EVENTSTORE).url(), login.username(), login.password());
                var row = connection
                        .createStatement()
                        .executeQuery("SELECT count(*) FROM eventstore.event WHERE type = 'KeyRetired'")) {
            row.next();
            return row.getInt(1);
        }
    }
}
