package eu.diplomatics.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.sealing.SealingException.Reason;
import eu.diplomatics.transparency.Proofs;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Sealing on a real database, and what it refuses to sign. */
class LogSealerTest {
    private SealingFixture log;

    @BeforeEach
    void open() {
        log = SealingFixture.create();
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void every_leaf_of_the_log_is_in_the_published_tree_and_the_tree_only_grows() throws SQLException {
        log.append(300);
        TreeHead first = log.seal();
        log.append(700);
        TreeHead second = log.seal();

        assertThat(log.published()).isEqualTo(second);
        assertThat(second.size()).isEqualTo(1000);
        List<LogLeaf> leaves;
        try (Connection connection = log.logAsReader().getConnection()) {
            leaves = new EventLeaves().after(connection, 0, 2000);
        }
        for (long position : List.of(1L, 256L, 257L, 300L, 301L, 1000L)) {
            TreeHash leaf = leaves.get((int) position - 1).leaf();
            List<TreeHash> proof = log.tree(second, tree -> tree.inclusion(position - 1));
            assertThat(Proofs.includes(second, position - 1, leaf, proof)).isTrue();
        }
        assertThat(Proofs.consistent(first, second, log.tree(second, tree -> tree.consistency(300))))
                .isTrue();
    }

    @Test
    void nothing_new_makes_no_new_checkpoint() throws SQLException {
        log.append(3);
        TreeHead head = log.seal();
        assertThat(log.sealer().seal().orElseThrow()).isEqualTo(new LogSealer.Step(head, 0, false));
    }

    @Test
    void an_empty_log_is_not_sealed() throws SQLException {
        assertThat(log.sealer().seal().orElseThrow()).isEqualTo(new LogSealer.Step(TreeHead.EMPTY, 0, false));
    }

    @Test
    void many_leaves_are_sealed_in_several_steps() throws SQLException {
        log.append(9000);
        assertThat(log.sealer().seal().orElseThrow().head().size()).isEqualTo(8192);
        assertThat(log.sealer().seal().orElseThrow().head().size()).isEqualTo(9000);
    }

    @Test
    void a_step_writes_as_many_tiles_in_a_long_log_as_in_a_short_one() throws SQLException {
        for (int step = 1; step <= 6; step++) {
            log.append(8192);
            long before = tiles();
            assertThat(log.sealer().seal().orElseThrow().sealed()).isEqualTo(8192);
            assertThat(tiles() - before).as("step " + step).isBetween(33L, 34L);
        }
    }

    @Test
    void a_partial_tile_goes_once_the_full_one_is_published_and_what_was_signed_before_can_still_be_proved()
            throws SQLException {
        log.append(100);
        TreeHead first = log.seal();
        log.append(100);
        log.seal();
        assertThat(tileNames()).containsExactly("0/0/100", "0/0/200");
        log.append(100);
        TreeHead third = log.seal();

        assertThat(tileNames()).containsExactly("0/0/256", "0/1/44", "1/0/1");
        assertThat(Proofs.consistent(first, third, log.tree(third, tree -> tree.consistency(100))))
                .isTrue();
        List<TreeHash> proof = log.tree(first, tree -> tree.inclusion(99));
        TreeHash leaf = log.tree(third, tree -> tree.leaf(99));
        assertThat(Proofs.includes(first, 99, leaf, proof)).isTrue();
        log.append(1);
        assertThat(log.seal().size()).isEqualTo(301);
    }

    @Test
    void not_even_the_owner_deletes_a_tile_that_is_needed() throws SQLException {
        log.append(300);
        log.seal();
        try (Connection owner = log.store.connectAsOwner();
                Statement statement = owner.createStatement()) {
            for (String which : List.of("width = 256", "width = 44", "level = 1")) {
                assertThatThrownBy(() -> statement.execute("DELETE FROM eventstore.tile WHERE " + which))
                        .as(which)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
        }
    }

    private List<String> tileNames() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = log.logAsReader().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT level || '/' || index || '/' || width"
                        + " FROM eventstore.tile ORDER BY level, index, width")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private long tiles() throws SQLException {
        try (Connection connection = log.logAsReader().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM eventstore.tile")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Nested
    class A_crash_in_the_middle {
        @Test
        void after_a_head_was_remembered_leads_to_that_head_also_when_the_log_has_grown() throws SQLException {
            log.append(10);
            log.seal();
            log.append(5);
            DataSource keyring = SealingFixture.source(log.keyring, log.keyring.role("registry"));
            SealMemory dying = new SealMemory(keyring) {
                @Override
                boolean remember(String origin, TreeHead before, TreeHead head) throws SQLException {
                    super.remember(origin, before, head);
                    throw new SQLException("the process died here");
                }
            };
            assertThatThrownBy(() -> log.sealer(dying).seal()).isInstanceOf(SQLException.class);
            assertThat(log.published().size()).isEqualTo(10);

            log.append(7);
            assertThat(log.sealer().seal().orElseThrow().head())
                    .isEqualTo(log.memory().last(SealingFixture.ORIGIN));
            assertThat(log.published().size()).isEqualTo(15);
            assertThat(log.seal().size()).isEqualTo(22);
        }

        @Test
        void lets_no_two_sealers_sign_different_trees_of_one_size() throws SQLException {
            log.append(10);
            TreeHead head = log.seal();
            assertThat(log.memory().remember(SealingFixture.ORIGIN, head, new TreeHead(12, head.root())))
                    .isTrue();
            assertThat(log.memory().remember(SealingFixture.ORIGIN, head, new TreeHead(12, TreeHash.EMPTY)))
                    .as("another head after the same one")
                    .isFalse();
            log.append(2);
            assertHalted(Reason.FORKED, "first 12 leaves");
        }
    }

    @Nested
    class Somebody_who_rules_over_the_database {
        @BeforeEach
        void seal() throws SQLException {
            log.append(300);
            log.seal();
            log.append(20);
            log.seal();
        }

        @Test
        void and_cuts_the_tail_stops_sealing() throws SQLException {
            log.asSuperuser("DELETE FROM eventstore.event WHERE position > 310");
            assertHalted(Reason.LOG_CUT, "ends at position 310, and 320 were signed");
        }

        @Test
        void and_cuts_the_tail_with_tiles_and_checkpoint_stops_sealing() throws SQLException {
            log.asSuperuser(
                    "DELETE FROM eventstore.event WHERE position > 300",
                    "DELETE FROM eventstore.checkpoint WHERE size > 300",
                    "DELETE FROM eventstore.tile WHERE level = 0 AND index = 1 AND width = 64");
            assertHalted(Reason.LOG_CUT, "ends at position 300, and 320 were signed");
        }

        @Test
        void and_cuts_the_tail_and_lets_the_log_grow_again_stops_sealing() throws SQLException {
            log.asSuperuser(
                    "DELETE FROM eventstore.event WHERE position > 300",
                    "DELETE FROM eventstore.ciphertext_1 WHERE position > 300",
                    "DELETE FROM eventstore.checkpoint WHERE size > 300",
                    "DELETE FROM eventstore.tile WHERE level = 0 AND index = 1 AND width = 64",
                    "UPDATE eventstore.head SET position = 300");
            log.reopen();
            log.append(30);
            assertHalted(Reason.FORKED, "the first 320 leaves give root");
        }

        @Test
        void and_puts_other_events_in_place_of_the_newest_stops_sealing() throws SQLException {
            log.asSuperuser(
                    "DELETE FROM eventstore.event WHERE position > 310",
                    "DELETE FROM eventstore.ciphertext_1 WHERE position > 310",
                    "UPDATE eventstore.head SET position = 310");
            log.reopen();
            log.append(30);
            assertHalted(Reason.SEALED_LEAF_CHANGED, "position 311");
        }

        @Test
        void and_forges_a_checkpoint_stops_sealing() throws SQLException {
            log.asSuperuser("UPDATE eventstore.checkpoint SET note = convert_to(replace(convert_from(note, 'UTF8'),"
                    + " E'\\n320\\n', E'\\n319\\n'), 'UTF8') WHERE size = 320");
            assertHalted(Reason.CHECKPOINT_FORGED, "SIGNATURE_INVALID");
        }

        @Test
        void and_changes_a_tile_at_the_edge_stops_sealing() throws SQLException {
            log.asSuperuser("UPDATE eventstore.tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)"
                    + " WHERE level = 0 AND index = 1 AND width = 64");
            assertHalted(Reason.TILES_CHANGED, "ROOT: size 320");
        }

        @Test
        void and_truncates_a_tile_stops_sealing() throws SQLException {
            log.asSuperuser(
                    "ALTER TABLE eventstore.tile DROP CONSTRAINT tile_length",
                    "UPDATE eventstore.tile SET hashes = substring(hashes FROM 1 FOR 1000)"
                            + " WHERE level = 0 AND index = 1 AND width = 64");
            assertHalted(Reason.TILES_CHANGED, "TILE_LENGTH: tile/0/001.p/64");
        }

        @Test
        void and_takes_a_new_event_away_stops_sealing() throws SQLException {
            log.append(5);
            log.asSuperuser("DELETE FROM eventstore.event WHERE position = 323");
            assertHalted(Reason.LOG_GAP, "position 323 is missing");
        }

        @Test
        void and_changes_the_time_of_a_new_event_stops_sealing() throws SQLException {
            log.append(5);
            log.asSuperuser(
                    "UPDATE eventstore.event SET recorded_at = recorded_at - interval '1 day' WHERE position = 322");
            assertHalted(Reason.LEAF_CHANGED, "position 322");
        }

        @Test
        void is_not_believed_again_until_the_log_is_as_it_was() throws SQLException {
            log.asSuperuser("UPDATE eventstore.event SET version = version + 1 WHERE position = 320");
            assertHalted(Reason.LEAF_CHANGED, "position 320");
            log.asSuperuser("UPDATE eventstore.event SET version = version - 1 WHERE position = 320");
            log.append(1);
            assertThat(log.seal().size()).isEqualTo(321);
        }
    }

    @Test
    void a_memory_that_was_restored_from_an_older_copy_takes_the_logs_word_when_it_is_signed() throws SQLException {
        log.append(10);
        log.seal();
        log.append(10);
        TreeHead head = log.seal();
        log.asSuperuserOfTheKeyring("DELETE FROM keyring.sealed_head WHERE size = 20");
        assertThat(log.sealer().seal().orElseThrow().head()).isEqualTo(head);
        assertThat(log.memory().last(SealingFixture.ORIGIN)).isEqualTo(head);
    }

    @Test
    void a_memory_of_another_root_stops_sealing() throws SQLException {
        log.append(10);
        log.seal();
        log.asSuperuserOfTheKeyring("UPDATE keyring.sealed_head SET root = sha256('x')");
        assertHalted(Reason.FORKED, "the first 10 leaves give root");
    }

    private void assertHalted(Reason reason, String where) throws SQLException {
        TreeHead signed = log.memory().last(SealingFixture.ORIGIN);
        assertThatThrownBy(() -> log.sealer().seal()).isInstanceOfSatisfying(SealingException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.where()).contains(where);
        });
        assertThat(log.memory().last(SealingFixture.ORIGIN))
                .as("signed nothing more")
                .isEqualTo(signed);
    }
}
