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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Who changes what is stored is told apart from a caller's mistake and from a fault of ours, and changes no answer. */
@ExtendWith(OutputCaptureExtension.class)
class BrokenRecordsTest {
    private static final String PATH = "/v1/qualifications";

    private final RegistryFixture registry = RegistryFixture.shared();
    private final Client client = registry.client();
    private final OpenApi api = new OpenApi(client);

    /** The envelope is a salt of 24 bytes, a commitment of 32, the text, and a tag of 16. */
    @ParameterizedTest
    @CsvSource({"salt, 0", "commitment, 24", "text, 56", "inside the text, 200", "tag, -1"})
    void a_ciphertext_that_is_changed_anywhere_is_refused_with_a_code_and_an_alarm(
            String where, int byteNumber, CapturedOutput output) throws SQLException {
        Answer registered = register(997 * 21 + byteNumber + 1);
        long position = registered.json().path("position").asLong();
        String flip =
                """
                UPDATE eventstore.ciphertext_1
                SET ciphertext = set_byte(ciphertext, %1$s, get_byte(ciphertext, %1$s) # 1) WHERE position = %2$d""".formatted(byteNumber < 0 ? "octet_length(ciphertext) - 1" : Integer.toString(byteNumber), position);
        tamper(flip);

        isRefused(registered, output, "ALARM: position " + position + " is not what was stored");

        tamper(flip);
        assertThat(correct(registered).status()).as(where + " put right").isEqualTo(200);
    }

    @Test
    void ciphertexts_that_changed_places_are_refused(CapturedOutput output) throws SQLException {
        Answer one = register(997 * 22 + 1);
        Answer other = register(997 * 22 + 2);
        String swap = """
                UPDATE eventstore.ciphertext_1 c SET ciphertext = o.ciphertext FROM eventstore.ciphertext_1 o
                WHERE c.position IN (%1$d, %2$d) AND o.position = %1$d + %2$d - c.position""".formatted(
                        one.json().path("position").asLong(),
                        other.json().path("position").asLong());
        tamper(swap);

        isRefused(one, output, "ALARM: position " + one.json().path("position").asLong());
        isRefused(
                other,
                output,
                "ALARM: position " + other.json().path("position").asLong());

        tamper(swap);
        assertThat(correct(one).status()).isEqualTo(200);
    }

    @Test
    void a_header_that_says_something_else_than_was_sealed_is_refused(CapturedOutput output) throws SQLException {
        Answer registered = register(997 * 23 + 1);
        long position = registered.json().path("position").asLong();
        String event =
                "SET session_replication_role = replica; UPDATE eventstore.event SET recorded_at = recorded_at %s"
                        + " interval '1 day' WHERE position = " + position;
        tamper(event.formatted("-"));

        isRefused(registered, output, "ALARM: position " + position);

        tamper(event.formatted("+"));
        assertThat(correct(registered).status()).isEqualTo(200);
    }

    @Test
    void while_a_change_of_who_may_register_does_not_open_nobody_registers(CapturedOutput output) throws Exception {
        whileItDoesNotOpenNobodyRegisters(
                "/v1/suppliers/broken-records",
                "{\"name\":\"Broken records\",\"reason\":\"a test\"}",
                "SupplierAdmitted",
                997 * 24 + 1,
                output);
    }

    @Test
    void while_a_change_of_the_taxonomy_does_not_open_nobody_registers(CapturedOutput output) throws Exception {
        whileItDoesNotOpenNobodyRegisters(
                "/v1/taxonomy/degree/Zevende%20graad",
                "{\"closedFrom\":\"2030-01-01\",\"reason\":\"a test\"}", "TaxonomyEntryListed", 997 * 24 + 2, output);
    }

    private void whileItDoesNotOpenNobodyRegisters(
            String path, String body, String type, int person, CapturedOutput output) throws SQLException {
        Client controller = client.as("controller:led");
        assertThat(controller.put(path, body).status()).isEqualTo(201);
        String flip = """
                UPDATE eventstore.ciphertext_1 c SET ciphertext = set_byte(ciphertext, 60, get_byte(ciphertext, 60) # 1)
                FROM eventstore.event e WHERE e.position = c.position AND e.type = '%1$s'
                AND e.position = (SELECT max(position) FROM eventstore.event WHERE type = '%1$s')""".formatted(type);
        tamper(flip);

        Answer refused = client.post(PATH, Samples.registration(Samples.reference(), Samples.insz(person)));
        api.check("POST", PATH, refused);
        assertThat(refused.code()).isEqualTo("RECORD_UNAVAILABLE");
        assertThat(output.getAll()).contains("ALARM: position ");
        assertThat(controller.get(path).code()).isEqualTo("RECORD_UNAVAILABLE");

        tamper(flip);
        register(person);
    }

    private void isRefused(Answer registered, CapturedOutput output, String alarm) {
        Answer refused = correct(registered);
        api.check("PUT", PATH + "/{reference}", refused);
        assertThat(refused.status()).as(refused.text()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("RECORD_UNAVAILABLE");
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(output.getAll()).contains(alarm);
    }

    private Answer register(int person) {
        Answer registered = client.post(PATH, Samples.registration(Samples.reference(), Samples.insz(person)));
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
        return registered;
    }

    private Answer correct(Answer registered) {
        return client.with("If-Match", "\"1\"")
                .put(registered.header("Location"), Samples.correction("Master of Arts in de sociologie"));
    }

    /** As whoever rules over the server. */
    private void tamper(String sql) throws SQLException {
        Login superuser = TestServices.postgres().superuser();
        try (Connection connection = DriverManager.getConnection(
                        registry.database(Database.EVENTSTORE).url(), superuser.username(), superuser.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
