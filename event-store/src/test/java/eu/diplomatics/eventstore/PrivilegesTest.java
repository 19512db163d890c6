package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what: append by permission only, and no runtime role can update or delete (R07). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrivilegesTest {
    private static final List<String> ROLES = List.of("es_writer", "es_reader", "es_relay", "es_rekeyer", "es_sealer");
    private static final List<String> PRIVILEGES =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN");

    private final EventStoreFixture store = EventStoreFixture.create();

    @AfterAll
    void close() {
        store.close();
    }

    @Test
    void everyRoleHasWhatThisMatrixSaysAndNoMore() throws SQLException {
        Set<String> granted = new TreeSet<>();
        try (Connection owner = store.connectAsOwner();
                PreparedStatement tables = owner.prepareStatement("""
                        SELECT r.rolname, c.relname, p.privilege
                        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        CROSS JOIN pg_roles r CROSS JOIN unnest(?) AS p (privilege)
                        WHERE n.nspname = 'eventstore' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
                            AND r.rolname = ANY (?) AND has_table_privilege(r.oid, c.oid, p.privilege)
                        """)) {
            tables.setArray(1, owner.createArrayOf("text", PRIVILEGES.toArray()));
            tables.setArray(2, owner.createArrayOf("text", ROLES.toArray()));
            try (ResultSet rows = tables.executeQuery()) {
                while (rows.next()) {
                    granted.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3));
                }
            }
        }
        assertThat(granted)
                .containsExactlyInAnyOrder(
                        "es_reader checkpoint SELECT",
                        "es_reader ciphertext_1 SELECT",
                        "es_reader cosignature SELECT",
                        "es_reader event SELECT",
                        "es_reader generation_lease SELECT",
                        "es_reader reencryption SELECT",
                        "es_reader event_tag SELECT",
                        "es_reader event_tag_next SELECT",
                        "es_reader head SELECT",
                        "es_reader imported_log SELECT",
                        "es_reader incarnation SELECT",
                        "es_reader key_generation SELECT",
                        "es_reader relay_checkpoint SELECT",
                        "es_reader tag_state SELECT",
                        "es_rekeyer ciphertext_1 SELECT",
                        "es_rekeyer event SELECT",
                        "es_rekeyer generation_lease SELECT",
                        "es_rekeyer head SELECT",
                        "es_rekeyer key_generation SELECT",
                        "es_rekeyer reencryption SELECT",
                        "es_rekeyer tag_state SELECT",
                        "es_reader tile SELECT",
                        "es_reader time_stamp SELECT",
                        "es_relay ciphertext_1 SELECT",
                        "es_relay event SELECT",
                        "es_relay event_tag SELECT",
                        "es_relay head SELECT",
                        "es_relay incarnation SELECT",
                        "es_relay key_generation SELECT",
                        "es_relay relay_checkpoint INSERT",
                        "es_relay relay_checkpoint SELECT",
                        "es_relay relay_checkpoint UPDATE",
                        "es_sealer checkpoint SELECT",
                        "es_sealer cosignature SELECT",
                        "es_sealer incarnation SELECT",
                        "es_sealer tile INSERT",
                        "es_sealer tile SELECT",
                        "es_sealer time_stamp SELECT");
    }

    @Test
    void onlyWhoNeedsAFunctionExecutesItAndNobodyByDefault() throws SQLException {
        Set<String> granted = new TreeSet<>();
        try (Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT r.rolname, f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
                        CROSS JOIN pg_roles r
                        WHERE n.nspname = 'eventstore' AND (r.rolname LIKE 'es%' OR r.rolname LIKE 'pg\\_%')
                            AND r.rolname NOT IN ('es_owner') AND NOT r.rolsuper
                            AND has_function_privilege(r.oid, f.oid, 'EXECUTE')
                        """)) {
            while (rows.next()) {
                granted.add(rows.getString(1) + " " + rows.getString(2));
            }
        }
        assertThat(granted)
                .containsExactlyInAnyOrder(
                        "es_backup hold_generation",
                        "es_importer begin_import",
                        "es_importer continue_import",
                        "es_importer end_import",
                        "es_importer import_events",
                        "es_reader hold_generation",
                        "es_rekeyer advance_reencryption",
                        "es_rekeyer backfill_tags",
                        "es_rekeyer begin_reencryption",
                        "es_rekeyer begin_tag_rotation",
                        "es_rekeyer check_tag_rotation",
                        "es_rekeyer drop_generation",
                        "es_rekeyer end_tag_rotation",
                        "es_rekeyer generation_readers",
                        "es_rekeyer hold_appends",
                        "es_rekeyer reencryption_of",
                        "es_rekeyer switch_generation",
                        "es_sealer prune_tiles",
                        "es_writer append",
                        "es_writer append_all",
                        "es_writer append_unit",
                        "es_writer begin_incarnation",
                        "es_writer claim_writer",
                        "es_writer hold_for_incarnation",
                        "es_writer holds_epoch",
                        "es_writer resume_writer");
    }

    @Test
    void noRoleOfAServiceHasASpecialAttribute() throws SQLException {
        try (Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT rolname FROM pg_roles WHERE rolname LIKE 'es\\_%'
                            AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
                                OR rolname = 'es_owner' AND rolcanlogin)
                        """)) {
            assertThat(rows.next()).isFalse();
        }
    }

    @Test
    void functionsOfTheOwnerHaveAFixedSearchPath() throws SQLException {
        try (Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
                        WHERE n.nspname = 'eventstore' AND f.prosecdef AND NOT coalesce(
                            'search_path=pg_catalog, eventstore, pg_temp' = ANY (f.proconfig), false)
                        """)) {
            assertThat(rows.next()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    writer | SELECT count(*) FROM eventstore.event
                    writer | SELECT * FROM eventstore.head
                    writer | SELECT * FROM eventstore.ciphertext_1
                    writer | SELECT * FROM eventstore.event_tag
                    writer | INSERT INTO eventstore.event_tag VALUES ('x', 1)
                    writer | INSERT INTO eventstore.ciphertext_1 VALUES (1, 'x')
                    writer | UPDATE eventstore.head SET position = 0
                    writer | UPDATE eventstore.event SET recorded_at = now()
                    writer | DELETE FROM eventstore.event
                    writer | TRUNCATE eventstore.ciphertext_1
                    writer | CREATE TABLE eventstore.mine (x int)
                    writer | CREATE TABLE public.mine (x int)
                    writer | CREATE TEMPORARY TABLE mine (x int)
                    writer | DROP FUNCTION eventstore.holds_epoch
                    writer | SET ROLE es_owner
                    writer | SELECT * FROM eventstore.current_ciphertext
                    writer | SELECT eventstore.begin_reencryption()
                    reader | SELECT * FROM eventstore.current_ciphertext
                    reader | SELECT eventstore.drop_generation(1)
                    reader | INSERT INTO eventstore.generation_lease VALUES ('me', 1, now())
                    rekeyer | INSERT INTO eventstore.ciphertext_1 VALUES (1, 'x')
                    rekeyer | INSERT INTO eventstore.current_ciphertext VALUES (1, 'x')
                    rekeyer | UPDATE eventstore.head SET key_generation = 2
                    rekeyer | UPDATE eventstore.key_generation SET current = false
                    rekeyer | UPDATE eventstore.reencryption SET position = 9
                    rekeyer | DELETE FROM eventstore.generation_lease
                    rekeyer | DROP TABLE eventstore.ciphertext_1
                    rekeyer | SELECT eventstore.claim_writer()
                    reader | SELECT eventstore.claim_writer()
                    reader | SELECT eventstore.resume_writer(1)
                    reader | UPDATE eventstore.event SET holder = stream
                    reader | DELETE FROM eventstore.ciphertext_1
                    reader | INSERT INTO eventstore.relay_checkpoint VALUES ('t', 1)
                    reader | TRUNCATE eventstore.event
                    relay  | UPDATE eventstore.event SET holder = stream
                    relay  | DELETE FROM eventstore.relay_checkpoint
                    relay  | SELECT eventstore.claim_writer()
                    relay  | LOCK TABLE eventstore.head IN EXCLUSIVE MODE
                    relay  | ALTER TABLE eventstore.event DISABLE TRIGGER ALL
                    sealer | SELECT holder FROM eventstore.event
                    sealer | SELECT command FROM eventstore.event
                    sealer | SELECT * FROM eventstore.ciphertext_1
                    sealer | SELECT * FROM eventstore.event_tag
                    sealer | INSERT INTO eventstore.event (position) VALUES (1)
                    sealer | UPDATE eventstore.tile SET hashes = hashes
                    sealer | DELETE FROM eventstore.tile
                    sealer | UPDATE eventstore.checkpoint SET note = note
                    sealer | DELETE FROM eventstore.checkpoint
                    sealer | INSERT INTO eventstore.checkpoint (size, root, note, sealed_at) VALUES (1, sha256('x'), 'x', now())
                    sealer | TRUNCATE eventstore.cosignature
                    sealer | SELECT eventstore.claim_writer()
                    """)
    void aForbiddenStatementIsRefused(String role, String sql) throws SQLException {
        try (Connection connection = store.connect(role);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    UPDATE eventstore.event SET recorded_at = now()
                    DELETE FROM eventstore.event
                    TRUNCATE eventstore.event
                    """)
    void notEvenTheOwnerRewritesHeadersByMistake(String sql) throws SQLException {
        try (Connection owner = store.connectAsOwner();
                Statement statement = owner.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void theRelayKeepsItsOwnCheckpoint() throws SQLException {
        try (Connection relay = store.connect("relay");
                Statement statement = relay.createStatement()) {
            statement.execute("INSERT INTO eventstore.relay_checkpoint (topic, position) VALUES ('topic', 1)"
                    + " ON CONFLICT (topic) DO UPDATE SET position = excluded.position");
            try (ResultSet row = statement.executeQuery("SELECT position FROM eventstore.relay_checkpoint")) {
                row.next();
                assertThat(row.getLong(1)).isEqualTo(1);
            }
        }
    }

    @Test
    void aSessionThatDoesNotCommitDurablyCannotAppend() throws SQLException {
        try (Connection writer = store.connect("writer");
                Statement statement = writer.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            String arrays = ", '{}'";
            for (String sql : List.of(
                    "SELECT eventstore.append(0, 0, 1, 0" + arrays.repeat(25) + ")",
                    "SELECT eventstore.append_all(0, 0, 1, 0" + arrays.repeat(14) + ")",
                    "SELECT eventstore.append_unit(0, 0, 1, 0, NULL" + arrays.repeat(10) + ")")) {
                assertThatThrownBy(() -> statement.execute(sql))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo(SqlStates.NOT_DURABLE));
            }
        }
    }
}
