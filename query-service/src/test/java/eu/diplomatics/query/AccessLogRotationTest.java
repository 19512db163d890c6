package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.query.TestRegistry.Registered;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** R16: the key of the access log rotates; rows stay what they are, readable and found under the version they name. */
class AccessLogRotationTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();

    private record Row(UUID id, byte[] subject, byte[] sealed, int sealKey) {}

    @Test
    void newRowsNameTheNewVersionAndOlderOnesAreReadAndFoundUnderTheirs() throws SQLException {
        Registered registered = fixture.registry().register(Examples.insz(510));
        fixture.relay().publishAll();
        awaitSame(fixture);
        String path = "/v1/qualifications/" + registered.reference();
        service.query().read(path);
        Row before = newest();
        assertThat(before.sealKey()).isEqualTo(1);

        fixture.keyring().secret("access-log-seal-2").close();
        AccessSeal services = service.query().bean(AccessSeal.class);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> services.subjectsOf(registered.holder()).size() == 2);
        service.query().read(path);
        assertThat(newest().sealKey())
                .as("known here, and not in use before everybody knows it")
                .isEqualTo(1);
        fixture.tamper(
                Database.KEYRING,
                "UPDATE keyring.secret SET made_at = made_at - interval '1 hour' WHERE name = 'access-log-seal-2'");
        Row after = await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> {
                            service.query().read(path);
                            return newest();
                        },
                        row -> row.sealKey() == 2);

        AccessSeal seal = new AccessSeal(fixture.keyring());
        for (Row row : new Row[] {before, after}) {
            assertThat(seal.open(row.id(), row.sealKey(), row.subject(), row.sealed()))
                    .contains(registered.reference().toString());
            assertThatThrownBy(() -> seal.open(row.id(), 3 - row.sealKey(), row.subject(), row.sealed()))
                    .isInstanceOf(EnvelopeException.class);
        }
        assertThat(after.subject()).isNotEqualTo(before.subject());
        assertThat(seal.subjectsOf(registered.holder())).containsExactly(before.subject(), after.subject());
    }

    private Row newest() throws SQLException {
        Login login = fixture.database(Database.ACCESSLOG).role("reader");
        try (Connection connection = DriverManager.getConnection(
                        fixture.database(Database.ACCESSLOG).url(), login.username(), login.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, subject, sealed, seal_key FROM accesslog.entry ORDER BY at DESC LIMIT 1")) {
            row.next();
            return new Row(row.getObject(1, UUID.class), row.getBytes(2), row.getBytes(3), row.getInt(4));
        }
    }
}
