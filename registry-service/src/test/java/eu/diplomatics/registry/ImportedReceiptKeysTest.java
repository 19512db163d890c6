package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.receipt.ReceiptSigner;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** R13: after a move to this registry, who holds a receipt of the one before finds the key for it here. */
class ImportedReceiptKeysTest {
    @Test
    void keysThatCameWithTheLogStandBesideThoseOfThisRegistry() throws SQLException {
        try (RegistryFixture fixture = RegistryFixture.prepared().start();
                SecretBytes seed = SecretBytes.random(32)) {
            fixture.stop();
            ReceiptSigner before = new ReceiptSigner(seed);
            imported(fixture.database(Database.EVENTSTORE), JsonMapper.shared().writeValueAsString(before.jwks()));
            fixture.start();
            Client client = fixture.client();
            assertThat(client.get("/v1/receipt-keys").json().path("keys").size())
                    .isEqualTo(2);
            assertThat(client.get("/v1/receipt-keys").text()).contains(before.keyId());
        }
    }

    private static void imported(DatabaseAccess log, String keys) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                log.url(), log.migrator().username(), log.migrator().password())) {
            connection.createStatement().execute(log.migratorInitSql());
            try (PreparedStatement insert = connection.prepareStatement("""
                    INSERT INTO eventstore.imported_log (bag, size, root, ended_at, receipt_keys)
                    VALUES (repeat('0', 64), 1, sha256(''), now(), ?::jsonb)
                    """)) {
                insert.setString(1, keys);
                insert.executeUpdate();
            }
        }
    }
}
