package eu.diplomatics.golive;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventStoreFixture;
import eu.diplomatics.golive.GoLiveCondition.State;
import eu.diplomatics.golive.GoLiveCondition.Verdict;
import eu.diplomatics.golive.KeyringApart.Server;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.Login;
import eu.diplomatics.local.TestServices;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What databases say of themselves, asked as the services' own roles. */
class DatabaseConditionsTest {
    private final EventStoreFixture store = EventStoreFixture.create();

    @AfterEach
    void close() {
        store.close();
    }

    static CheckedDatabase checked(String url, Login login, @Nullable Set<String> may) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(login.username());
        source.setPassword(login.password());
        return new CheckedDatabase("eventstore", login.username(), source, url, may);
    }

    private List<CheckedDatabase> roles() {
        DatabaseAccess access = store.access();
        return List.of(
                checked(access.url(), access.role("writer"), Set.of()),
                checked(access.url(), access.role("reader"), Set.of()),
                checked(
                        access.url(),
                        access.role("relay"),
                        Set.of("relay_checkpoint INSERT", "relay_checkpoint UPDATE")));
    }

    private void asSuperuser(String sql) throws SQLException {
        String url = store.access().url();
        try (Connection connection = store.postgres().connect(url.substring(url.lastIndexOf('/') + 1));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void rolesAsTheMigrationsMakeThemAreGreen() throws SQLException {
        assertThat(new DatabaseRoles(roles()).check())
                .extracting(Verdict::state)
                .isEqualTo(State.GREEN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GRANT UPDATE ON eventstore.event TO es_writer | es_writer: event UPDATE
                    GRANT DELETE ON eventstore.ciphertext_1 TO es_reader | es_reader: ciphertext_1 DELETE
                    GRANT INSERT (position) ON eventstore.event_tag TO es_writer | es_writer: event_tag INSERT
                    GRANT DELETE ON eventstore.relay_checkpoint TO es_relay | es_relay: relay_checkpoint DELETE
                    GRANT TRUNCATE ON eventstore.event TO kr_registry | kr_registry: event TRUNCATE
                    GRANT UPDATE ON eventstore.head TO PUBLIC | es_reader: head UPDATE
                    """)
    void aRightTooMuchIsFoundWhoeverHasIt(String grant, String says) throws SQLException {
        var unused = TestServices.database(Database.KEYRING); // its roles are the server's
        asSuperuser(grant);
        Verdict verdict = new DatabaseRoles(roles()).check();
        assertThat(verdict.state()).isEqualTo(State.RED);
        assertThat(verdict.why()).contains(says);
    }

    @ParameterizedTest
    @CsvSource({
        "SUPERUSER, SUPERUSER",
        "BYPASSRLS, BYPASSRLS",
        "CREATEROLE CREATEDB, CREATEDB",
        "REPLICATION, REPLICATION",
        "IN ROLE es_owner, member of es_owner"
    })
    void aRoleWithASpecialAttributeOrAMembershipIsFound(String attribute, String says) throws SQLException {
        Login careless = new Login("careless", "only for a test");
        asSuperuser("CREATE ROLE careless LOGIN PASSWORD 'only for a test' " + attribute);
        try {
            asSuperuser("GRANT CONNECT ON DATABASE " + store.access().url().replaceAll(".*/", "") + " TO careless");
            Verdict verdict = new DatabaseRoles(List.of(checked(store.access().url(), careless, null))).check();
            assertThat(verdict.state()).isEqualTo(State.RED);
            assertThat(verdict.why()).contains("careless: " + says);
        } finally {
            asSuperuser("DROP OWNED BY careless");
            asSuperuser("DROP ROLE careless");
        }
    }

    @Test
    void durableSettingsAreGreenAndASessionThatIsNotIsRed() throws SQLException {
        assertThat(new DatabaseDurability(roles()).check().state()).isEqualTo(State.GREEN);
        PGSimpleDataSource hasty = new PGSimpleDataSource();
        Login reader = store.access().role("reader");
        hasty.setUrl(store.access().url());
        hasty.setUser(reader.username());
        hasty.setPassword(reader.password());
        hasty.setOptions("-c synchronous_commit=off");
        Verdict verdict = new DatabaseDurability(
                        List.of(new CheckedDatabase("eventstore", "es_reader", hasty, "", Set.of())))
                .check();
        assertThat(verdict.state()).isEqualTo(State.RED);
        assertThat(verdict.why()).contains("synchronous_commit is off");
    }

    @Test
    void connectionsWithoutTlsAreRed() throws SQLException {
        Verdict verdict = new DatabaseTls(roles()).check();
        assertThat(verdict.state()).isEqualTo(State.RED);
        assertThat(verdict.why()).contains("es_writer at eventstore: no TLS");
    }

    @Test
    void twoDatabasesOfOneServerAreNotApart() throws SQLException {
        DatabaseAccess keyring = TestServices.database(Database.KEYRING);
        Verdict verdict =
                new KeyringApart(roles().getFirst(), checked(keyring.url(), keyring.role("query"), Set.of())).check();
        assertThat(verdict.state()).isEqualTo(State.RED);
        assertThat(verdict.why()).contains("same server");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 192.0.2.1, 1, 192.0.2.2, RED",
        "1, 192.0.2.1, 2, 192.0.2.1, RED",
        "1, 127.0.0.1, 2, ::1, RED",
        "1, , 2, 127.0.0.1, RED",
        "1, 192.0.2.1, 2, 192.0.2.2, GREEN",
        "1, 127.0.0.1, 2, 192.0.2.2, GREEN"
    })
    void apartAreTwoServersAtTwoAddresses(
            String events, @Nullable String at, String keys, @Nullable String keysAt, State state) {
        assertThat(KeyringApart.compare(new Server(events, at), new Server(keys, keysAt))
                        .state())
                .isEqualTo(state);
    }
}
