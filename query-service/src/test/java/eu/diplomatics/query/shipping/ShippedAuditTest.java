package eu.diplomatics.query.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.local.Login;
import eu.diplomatics.shipping.ShippedApplication;
import eu.diplomatics.shipping.ShippedAudit;
import eu.diplomatics.shipping.ShippedCopy;
import eu.diplomatics.shipping.ShippedFinding;
import eu.diplomatics.shipping.ShippedFinding.Code;
import eu.diplomatics.transparency.NoteSigner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R06: whatever is done to the controller's copy is found, and where, with public keys and checkpoints alone. */
class ShippedAuditTest {
    private static final String LEAF = "sha256(decode('00', 'hex') || int8send(position)"
            + " || int8send((extract(epoch FROM at) * 1000000)::bigint) || uuid_send(entry) || sha256(sealed))";

    @TempDir
    private Path folder;

    private final ShippingFixture fixture = new ShippingFixture();

    /** Checkpoints of 5, 9 and 15 rows. */
    @BeforeEach
    void ship() throws SQLException {
        fixture.sealed(5, 4, 6);
        fixture.shipAll();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<String> audit(InstantSource clock, byte[]... seen) throws SQLException, IOException {
        try (Connection reader = fixture.controller("reader")) {
            return told(clock, ShippedCopy.in(reader), seen).stream()
                    .map(ShippedAuditTest::line)
                    .toList();
        }
    }

    private List<String> audit(byte[]... seen) throws SQLException, IOException {
        return audit(InstantSource.system(), seen);
    }

    private static List<ShippedFinding> told(InstantSource clock, ShippedCopy copy, byte[]... seen)
            throws SQLException, IOException {
        return new ShippedAudit(
                        List.of(ShippingFixture.logKey()), List.of(), List.of(seen), clock, Duration.ofMinutes(17))
                .run(copy)
                .findings();
    }

    private static String line(ShippedFinding finding) {
        return finding.code() + " " + finding.position();
    }

    @Test
    void aCopyThatIsAsItWasShippedHasNoFindings() throws SQLException, IOException {
        assertThat(audit()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            its contents   | SET sealed = 'x'                               | ROW_CHANGED 7
            back-dated     | SET at = at - interval '1 day'                 | ROW_CHANGED 7
            its id         | SET entry = gen_random_uuid()                  | ROW_CHANGED 7
            no contents    | SET sealed = NULL, subject = NULL              | CONTENTS_MISSING 7
            its leaf       | SET leaf = sha256('x')                         | ROW_CHANGED 7,ROWS_CHANGED 6
            """)
    void aRowThatIsChangedIsFound(String what, String change, String found) throws SQLException, IOException {
        fixture.tamperWithTheCopy("UPDATE shipped.access " + change + " WHERE position = 7");
        assertThat(audit()).as(what).containsExactly(found.split(","));
    }

    @Test
    void aRowThatIsBackDatedTogetherWithItsLeafIsFoundBetweenItsCheckpointsAndSpoilsNoOther()
            throws SQLException, IOException {
        fixture.tamperWithTheCopy(
                "UPDATE shipped.access SET at = at - interval '1 day' WHERE position IN (7, 8)",
                "UPDATE shipped.access SET leaf = " + LEAF + " WHERE position IN (7, 8)");
        assertThat(audit()).containsExactly("ROWS_CHANGED 6");
        fixture.tamperWithTheCopy(
                "UPDATE shipped.access SET sealed = 'x' WHERE position = 14",
                "UPDATE shipped.access SET leaf = " + LEAF + " WHERE position = 14");
        assertThat(audit()).containsExactly("ROWS_CHANGED 6", "ROWS_CHANGED 10");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            position = 7            | ROWS_MISSING 7
            position BETWEEN 4 AND 6 | ROWS_MISSING 4
            position <= 2           | ROWS_MISSING 1
            position <= 5           | ROWS_MISSING 1
            position > 12           | ROWS_MISSING 13
            """)
    void rowsThatAreGoneAreFound(String which, String found) throws SQLException, IOException {
        fixture.tamperWithTheCopy("DELETE FROM shipped.access WHERE " + which);
        assertThat(audit()).containsExactly(found);
    }

    @Test
    void behindAGapRowsAreComparedAgainFromTheNextCheckpointOn() throws SQLException, IOException {
        fixture.tamperWithTheCopy(
                "DELETE FROM shipped.access WHERE position = 2",
                "UPDATE shipped.access SET sealed = 'x' WHERE position = 8",
                "UPDATE shipped.access SET leaf = " + LEAF + " WHERE position = 8");
        assertThat(audit()).containsExactly("ROWS_MISSING 2", "ROWS_CHANGED 6");
    }

    @Test
    void anEndThatIsCutWithItsCheckpointsIsFoundByTheOneThatTheWitnessHas() throws SQLException, IOException {
        byte[] seen = note(15);
        fixture.tamperWithTheCopy(
                "DELETE FROM shipped.access WHERE position > 9", "DELETE FROM shipped.checkpoint WHERE size > 9");
        assertThat(audit()).isEmpty();
        assertThat(audit(seen)).containsExactly("COPY_BEHIND 10");
    }

    @Test
    void aRowThatIsThereTwiceIsFound() throws SQLException, IOException {
        fixture.tamperWithTheCopy(
                "ALTER TABLE shipped.access DROP CONSTRAINT access_pkey, DROP CONSTRAINT access_entry_key",
                "INSERT INTO shipped.access SELECT * FROM shipped.access WHERE position = 7");
        assertThat(audit()).containsExactly("ROW_DOUBLED 7");
    }

    @Test
    void aRowThatIsAddedAgainAtTheEndIsFound() throws SQLException, IOException {
        fixture.tamperWithTheCopy(
                "ALTER TABLE shipped.access DROP CONSTRAINT access_entry_key",
                "INSERT INTO shipped.access SELECT 16, entry, at, leaf, subject, seal_key, sealed, received_at"
                        + " FROM shipped.access WHERE position = 7");
        assertThat(audit()).containsExactly("ROW_CHANGED 16");
    }

    @Test
    void twoRowsThatChangedPlacesAreFound() throws SQLException, IOException {
        fixture.tamperWithTheCopy(
                "UPDATE shipped.access SET position = 100 WHERE position = 7",
                "UPDATE shipped.access SET position = 7 WHERE position = 8",
                "UPDATE shipped.access SET position = 8 WHERE position = 100");
        assertThat(audit()).containsExactly("ROW_CHANGED 7", "ROW_CHANGED 8", "ROWS_CHANGED 6");
    }

    @Test
    void contentsThatWentFromTheFrontAreNoFinding() throws SQLException, IOException {
        fixture.tamperWithTheCopy("UPDATE shipped.access SET sealed = NULL, subject = NULL WHERE position <= 6");
        assertThat(audit()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UPDATE shipped.checkpoint SET note = convert_to('nothing', 'UTF8') WHERE size = 9      | CHECKPOINT_FORGED 9
            UPDATE shipped.checkpoint c SET note = o.note FROM shipped.checkpoint o WHERE c.size = 9 AND o.size = 5 | CHECKPOINT_FORGED 9
            UPDATE shipped.checkpoint SET frontier = decode(repeat('00', 64), 'hex') WHERE size = 9 | FRONTIER_CHANGED 9
            UPDATE shipped.checkpoint SET frontier = sha256('x') WHERE size = 9                    | FRONTIER_CHANGED 9
            """)
    void aCheckpointThatIsChangedIsFound(String change, String found) throws SQLException, IOException {
        fixture.tamperWithTheCopy(change);
        assertThat(audit()).containsExactly(found);
    }

    @Test
    void aCheckpointFromElsewhereThatSaysSomethingElseIsAnotherLog() throws SQLException, IOException {
        byte[] signedElsewhere;
        try (ShippingFixture other = new ShippingFixture()) {
            other.sealed(5);
            other.shipAll();
            signedElsewhere = note(other, 5);
        }
        assertThat(audit(signedElsewhere)).containsExactly("FORKED 5");
        assertThat(audit(note(5))).isEmpty();
    }

    @Test
    void aCheckpointUnderAnotherKeyIsNone() throws SQLException, IOException {
        try (SecretBytes seed =
                        SecretBytes.copyOf("another seed of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
                Connection reader = fixture.controller("reader")) {
            assertThat(new ShippedAudit(
                                    List.of(NoteSigner.log(ShippingFixture.ORIGIN, seed)
                                            .verifierKey()),
                                    List.of(),
                                    List.of(),
                                    InstantSource.system(),
                                    Duration.ofMinutes(17))
                            .run(ShippedCopy.in(reader))
                            .findings())
                    .extracting(ShippedFinding::code)
                    .containsOnly(Code.CHECKPOINT_FORGED)
                    .hasSize(3);
        }
    }

    @Test
    void aRowThatNoCheckpointCoversForLongIsFound() throws SQLException, IOException {
        fixture.tamperWithTheCopy("DELETE FROM shipped.checkpoint WHERE size > 9");
        assertThat(audit()).isEmpty();
        assertThat(audit(() -> Instant.now().plus(Duration.ofMinutes(18)))).containsExactly("NOT_SEALED 10");
    }

    @Test
    void aDumpIsVerifiedOfflineAndWhatWasDoneToItIsFound() throws SQLException, IOException {
        try (Connection reader = fixture.controller("reader")) {
            ShippedCopy.write(reader, folder);
        }
        assertThat(told(InstantSource.system(), ShippedCopy.in(folder), note(15)))
                .isEmpty();

        Path rows = folder.resolve("access.tsv");
        List<String> lines = new ArrayList<>(Files.readAllLines(rows));
        Collections.swap(lines, 6, 7);
        lines.add(11, lines.get(10));
        lines.set(3, lines.get(3).replaceFirst("^4\t", "four\t"));
        Files.write(rows, lines);

        assertThat(told(InstantSource.system(), ShippedCopy.in(folder)))
                .extracting(ShippedAuditTest::line)
                .containsExactly(
                        "UNREADABLE 0", "ROWS_MISSING 4", "ROWS_MISSING 7", "OUT_OF_ORDER 7", "ROW_DOUBLED 11");
    }

    @Test
    void theCommandMakesDumpsAndTellsWhatItFindsByItsExitCode() throws SQLException, IOException {
        Map<String, String> environment = new HashMap<>(Map.of("DIPLOMATICS_CONTROLLER_URL", fixture.controller.url()));
        login(environment, "READER", fixture.controller.role("reader"));
        login(environment, "MIGRATOR", fixture.controller.migrator());
        String key = ShippingFixture.logKey().text();

        assertThat(run(environment, "migrate")).startsWith("0 ");
        assertThat(run(environment, "audit", "--log-key", key)).contains("15 rows and 3 checkpoints", "RESULT: OK");
        assertThat(run(environment, "dump", "--to", folder.toString())).startsWith("0 ");
        assertThat(run(Map.of(), "audit", "--log-key", key, "--dump", folder.toString()))
                .startsWith("0 ");
        Path seen = Files.write(folder.resolve("seen"), note(9));
        fixture.tamperWithTheCopy(
                "DELETE FROM shipped.access WHERE position > 7", "DELETE FROM shipped.checkpoint WHERE size > 5");
        assertThat(run(environment, "audit", "--log-key", key, "--checkpoint", seen.toString()))
                .startsWith("1 ")
                .contains("COPY_BEHIND position 8", "RESULT: 1 FINDINGS");
        assertThat(run(environment, "audit")).startsWith("64 ").contains("--log-key");
        assertThat(run(environment, "audit", "--log-key", "x")).startsWith("64 ");
        assertThat(run(environment, "look")).startsWith("64 ");
        assertThat(run(
                        Map.of(),
                        "audit",
                        "--log-key",
                        key,
                        "--dump",
                        folder.resolve("none").toString()))
                .startsWith("69 ");
        environment.put("DIPLOMATICS_CONTROLLER_READER_PASSWORD", "another");
        assertThat(run(environment, "audit", "--log-key", key))
                .startsWith("69 ")
                .contains("28P01");
    }

    private static String run(Map<String, String> environment, String... args) {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
        int code = new ShippedApplication(environment, out, out).run(List.of(args));
        return code + " " + told.toString(StandardCharsets.UTF_8);
    }

    private static void login(Map<String, String> environment, String role, Login login) {
        environment.put("DIPLOMATICS_CONTROLLER_" + role + "_USERNAME", login.username());
        environment.put("DIPLOMATICS_CONTROLLER_" + role + "_PASSWORD", login.password());
    }

    private byte[] note(long size) throws SQLException {
        return note(fixture, size);
    }

    private static byte[] note(ShippingFixture fixture, long size) throws SQLException {
        return fixture
                .atTheController("SELECT convert_from(note, 'UTF8') FROM shipped.checkpoint WHERE size = " + size)
                .stream()
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }
}
