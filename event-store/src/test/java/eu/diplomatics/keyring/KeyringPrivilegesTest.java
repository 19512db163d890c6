package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R07: what each role is kept from, statement by statement. */
class KeyringPrivilegesTest {
    @TempDir
    static Path directory;

    private static KeyringFixture fixture;

    @BeforeAll
    static void open() {
        fixture = KeyringFixture.create(directory);
        fixture.keyring("registry").create(List.of(NewKey.first(UUID.randomUUID(), KeyRegime.STATUTORY)));
    }

    @AfterAll
    static void close() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO keyring.kek (id, wrapped) VALUES (gen_random_uuid(), '{}')",
                "INSERT INTO keyring.data_key (id, generation, regime, kek_id, wrapped) SELECT gen_random_uuid(), 1, regime, kek_id, wrapped FROM keyring.data_key",
                "INSERT INTO keyring.secret (name, kek_id, wrapped) SELECT 'x', kek_id, wrapped FROM keyring.secret",
                "INSERT INTO keyring.holder_claim (version, value, holder) VALUES (1, decode(repeat('00', 32), 'hex'), gen_random_uuid())",
                "SELECT keyring.drop_job_key(gen_random_uuid())",
                "SELECT keyring.drop_generations(2, gen_random_uuid(), 10)",
                "SELECT keyring.remember_head('log', 0, 1, decode(repeat('00', 32), 'hex'))",
                "SELECT * FROM keyring.create_keys(ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['JOB'], gen_random_uuid(), ARRAY[decode(repeat('00', 40), 'hex')])",
                "SELECT * FROM keyring.create_keys(ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['JOB'], gen_random_uuid(), ARRAY[decode(repeat('00', 40), 'hex')], 1)",
                "SELECT * FROM keyring.claim_holders(1, ARRAY[decode(repeat('00', 32), 'hex')], ARRAY[NULL]::bytea[], ARRAY[gen_random_uuid()], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[])",
                "SELECT keyring.begin_index_rotation(gen_random_uuid(), 2)",
                "SELECT keyring.end_index_rotation(gen_random_uuid())",
                "SELECT keyring.drop_old_index(1)",
                "SELECT keyring.ask_access_index(2)",
                "SELECT keyring.withdraw_access_index(2)",
                "SELECT keyring.propose_resumption('log', 2, 'x', 'a')",
                "SELECT keyring.confirm_resumption('log', 2, 'x', 'x', 'b')",
                "SELECT * FROM keyring.holder_name"
            })
    void theQuerySideWritesNothing(String statement) {
        assertForbidden("query", statement);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT keyring.confirm_access_index(2)",
                "SELECT keyring.access_index_not_there(2, 'KEY_UNKNOWN')",
                "SELECT keyring.end_access_index(1)"
            })
    void whetherTheAccessLogsIndexKeyIsThereOnlyTheQuerySideSays(String statement) {
        assertForbidden("registry", statement);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE keyring.kek SET wrapped = '{}'",
                "UPDATE keyring.data_key SET wrapped = wrapped",
                "UPDATE keyring.secret SET wrapped = wrapped",
                "UPDATE keyring.holder_claim SET holder = gen_random_uuid()",
                "UPDATE keyring.sealed_head SET size = size",
                "DELETE FROM keyring.sealed_head",
                "INSERT INTO keyring.log_resumption (log, incarnation, statement, proposed_by) VALUES ('log', 2, 'x', 'a')",
                "UPDATE keyring.log_resumption SET confirmed_by = 'b', confirmed_at = now()",
                "DELETE FROM keyring.log_resumption",
                "INSERT INTO keyring.sealed_head (log, size, root) VALUES ('log', 1, decode(repeat('00', 32), 'hex'))",
                "DELETE FROM keyring.kek",
                "DELETE FROM keyring.data_key",
                "DELETE FROM keyring.secret",
                "DELETE FROM keyring.holder_claim",
                "UPDATE keyring.index_state SET current = 2",
                "INSERT INTO keyring.access_index (version, state) VALUES (2, 'ASKED')",
                "UPDATE keyring.access_index SET state = 'ENDED', ended_at = now()",
                "DELETE FROM keyring.access_index",
                "UPDATE keyring.holder_name SET holder = gen_random_uuid()",
                "DELETE FROM keyring.holder_name",
                "TRUNCATE keyring.data_key",
                "DROP TABLE keyring.data_key",
                "CREATE TABLE keyring.mine (a integer)",
                "CREATE TABLE public.mine (a integer)",
                "INSERT INTO keyring.kek (id, wrapped, created_at) VALUES (gen_random_uuid(), '{}', now())",
                "SET ROLE kr_owner"
            })
    void noServiceChangesOrRemovesAnything(String statement) {
        assertForbidden("registry", statement);
        assertForbidden("query", statement);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT keyring.begin_rewrite(gen_random_uuid(), '{}', now())",
                "SELECT keyring.end_copy(1)",
                "SELECT * FROM keyring.take_changes(1, 1)",
                "SELECT keyring.abandon_rewrite(1)",
                "SELECT keyring.lock_for_swap()",
                "SELECT keyring.swap(1, ARRAY['a'], ARRAY[''::bytea], now())",
                "SELECT keyring.take_over('data_key')",
                "SELECT keyring.shred(gen_random_uuid(), now())",
                "SELECT keyring.retire_secret('batch-key', 'batch-key')",
                "SELECT keyring.plan_shredding(gen_random_uuid(), gen_random_uuid(), 'ERASURE', 'A', 'a', NULL, NULL, now())",
                "SELECT keyring.shred_again(gen_random_uuid(), gen_random_uuid(), 'ERASURE', 'A', 'a', now(), now())",
                "INSERT INTO keyring.shredding (stream) VALUES (gen_random_uuid())",
                "DELETE FROM keyring.rewrite"
            })
    void neitherServiceRewritesNorShredsUnderItsOwnName(String statement) {
        assertForbidden("registry", statement);
        assertForbidden("query", statement);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO keyring.data_key (id, generation, regime, kek_id, wrapped) SELECT gen_random_uuid(), 1, regime, kek_id, wrapped FROM keyring.data_key",
                "UPDATE keyring.data_key SET wrapped = wrapped",
                "DELETE FROM keyring.data_key",
                "INSERT INTO keyring.kek (id, wrapped) VALUES (gen_random_uuid(), '{}')",
                "DELETE FROM keyring.kek",
                "DELETE FROM keyring.secret",
                "SELECT * FROM keyring.holder_claim",
                "SELECT keyring.drop_job_key(gen_random_uuid())",
                "SELECT keyring.retire_secret('receipt-key', 'receipt-key')",
                "SELECT keyring.retire_secret('checkpoint-key', 'checkpoint-key')",
                "SELECT keyring.take_over('data_key')",
                "INSERT INTO keyring.shredding (stream) VALUES (gen_random_uuid())",
                "UPDATE keyring.shredding SET rewrites = 3",
                "UPDATE keyring.rewrite SET copied = 0",
                "DELETE FROM keyring.data_key_change",
                "CREATE TABLE keyring.mine (a integer)",
                "SET ROLE kr_owner"
            })
    void theRekeyerDoesNothingButByTheFunctionsOfARewrite(String statement) {
        assertForbidden("rekeyer", statement);
    }

    @Test
    void keysOfStreamsAreNotDroppedAsKeysOfJobs() {
        assertThatThrownBy(() -> run("registry", "SELECT keyring.drop_job_key(id) FROM keyring.data_key"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("DK001"));
    }

    @Test
    void theDatabaseRefusesASecondHolderForANumberWhateverTheProgramDoes() throws Exception {
        String claim = "INSERT INTO keyring.holder_claim (version, value, holder)"
                + " VALUES (1, decode(repeat('01', 32), 'hex'), gen_random_uuid())";
        run("registry", claim);
        assertThatThrownBy(() -> run("registry", claim))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
    }

    private static void assertForbidden(String role, String statement) {
        assertThatThrownBy(() -> run(role, statement))
                .as(role + ": " + statement)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    private static void run(String role, String sql) throws SQLException {
        try (Connection connection = fixture.connect(role);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
