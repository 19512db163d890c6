package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.registry.Client.Answer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Who asks for a proof from a tree that somebody changed gets none, and a code that says so. */
@ExtendWith(OutputCaptureExtension.class)
class TamperedTreeTest {
    private static RegistryFixture fixture;
    private static Client nobody;

    @BeforeAll
    static void registerAndSeal() throws SQLException {
        fixture = RegistryFixture.prepared()
                .with("DIPLOMATICS_TRANSPARENCY_INTERVAL", "200ms")
                .start();
        nobody = fixture.client().as("");
        for (int person = 1; person < 4; person++) {
            assertThat(fixture.client()
                            .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(person)))
                            .status())
                    .isEqualTo(201);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> nobody.get("/v1/receipts/6/proof").status() == 200);
        asHost("CREATE TABLE eventstore.kept_tile AS TABLE eventstore.tile;"
                + " CREATE TABLE eventstore.kept_checkpoint AS TABLE eventstore.checkpoint;"
                + " ALTER TABLE eventstore.tile DROP CONSTRAINT tile_length");
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            a truncated tile    ~ UPDATE eventstore.tile SET hashes = substring(hashes FROM 1 FOR octet_length(hashes) - 32)
            half a hash         ~ UPDATE eventstore.tile SET hashes = substring(hashes FROM 1 FOR octet_length(hashes) - 7)
            a tile that is gone ~ DELETE FROM eventstore.tile
            a changed hash      ~ UPDATE eventstore.tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)
            swapped hashes      ~ UPDATE eventstore.tile SET hashes = substring(hashes FROM 33 FOR 32) || substring(hashes FROM 1 FOR 32) || substring(hashes FROM 65)
            a forged checkpoint ~ UPDATE eventstore.checkpoint SET note = set_byte(note, octet_length(note) - 10, CASE get_byte(note, octet_length(note) - 10) WHEN 65 THEN 66 ELSE 65 END)
            a forged root       ~ UPDATE eventstore.checkpoint SET note = convert_to(regexp_replace(convert_from(note, 'UTF8'), '\\n[^\\n]{44}\\n', E'\\n' || repeat('A', 43) || E'=\\n'), 'UTF8')
            """)
    void no_proof_comes_from_a_changed_tree(String what, String tampering, CapturedOutput output) throws SQLException {
        asHost(tampering);
        Answer refused = nobody.get("/v1/receipts/2/proof");
        assertThat(refused.status()).as(what + ": " + refused.text()).isEqualTo(500);
        assertThat(refused.code()).isEqualTo("LOG_INCONSISTENT");
        assertThat(output.getAll()).contains("ALARM LOG_INCONSISTENT");

        asHost(
                "DELETE FROM eventstore.tile; INSERT INTO eventstore.tile TABLE eventstore.kept_tile;"
                        + " DELETE FROM eventstore.checkpoint; INSERT INTO eventstore.checkpoint TABLE eventstore.kept_checkpoint");
        assertThat(nobody.get("/v1/receipts/2/proof").status())
                .as("put back as it was")
                .isEqualTo(200);
    }

    private static void asHost(String sql) throws SQLException {
        Login superuser = TestServices.postgres().superuser();
        try (Connection connection = DriverManager.getConnection(
                        fixture.database(Database.EVENTSTORE).url(), superuser.username(), superuser.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        }
    }
}
