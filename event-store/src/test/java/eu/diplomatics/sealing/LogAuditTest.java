package eu.diplomatics.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.sealing.AuditFinding.Code;
import eu.diplomatics.sealing.LogAudit.Report;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.WitnessDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the superuser of the log's server can do to it, and where the audit finds it. */
class LogAuditTest {
    private static final Duration MAX_DELAY = Duration.ofMinutes(2);

    /** The leaf as the database computes it, for somebody who changes an event and its leaf together. */
    static final String LEAF_AGAIN = "UPDATE eventstore.event SET leaf = sha256('\\x00'::bytea || int8send(position)"
            + " || int8send((extract(epoch FROM recorded_at) * 1000000)::bigint) || uuid_send(stream)"
            + " || int8send(version) || int4send(octet_length(type)) || convert_to(type, 'UTF8')"
            + " || int4send(type_version) || commitment) WHERE position = ";

    @TempDir
    Path directory;

    private SealingFixture log;

    @BeforeEach
    void seal() throws SQLException {
        log = SealingFixture.create();
        log.append(700);
        log.seal();
        log.append(100);
        log.seal();
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void a_log_that_nobody_touched_is_well() throws SQLException {
        Report report = audit();
        assertThat(report.findings()).isEmpty();
        assertThat(report.leaves()).isEqualTo(800);
        assertThat(report.checkpoints()).isEqualTo(2);
    }

    @Nested
    class A_superuser {
        @Test
        void who_edits_an_event_is_found_at_its_position() throws SQLException {
            log.asSuperuser("UPDATE eventstore.event SET type = 'QualificationAnnulled' WHERE position = 300");
            assertFound(Code.LEAF_CHANGED, 300);
        }

        @Test
        void who_changes_the_time_of_an_event_and_its_leaf_is_found_at_its_position() throws SQLException {
            log.asSuperuser(
                    "UPDATE eventstore.event SET recorded_at = recorded_at - interval '3 years' WHERE position = 300",
                    LEAF_AGAIN + 300);
            assertFound(Code.SEALED_LEAF_CHANGED, 300);
        }

        @Test
        void who_changes_event_leaf_and_tile_is_found_at_the_tile() throws SQLException {
            log.asSuperuser(
                    "UPDATE eventstore.event SET recorded_at = recorded_at - interval '3 years' WHERE position = 300",
                    LEAF_AGAIN + 300,
                    "UPDATE eventstore.tile SET hashes = overlay(hashes PLACING (SELECT leaf FROM eventstore.event"
                            + " WHERE position = 300) FROM 43 * 32 + 1) WHERE level = 0 AND index = 1 AND width = 256");
            Report report = audit();
            assertThat(report.findings())
                    .anySatisfy(finding -> assertThat(finding.toString())
                            .startsWith("TILE_CHANGED position 257: the leaves of positions 257 to 512")
                            .contains("tile/0/001"));
        }

        @Test
        void who_deletes_an_event_is_found_at_its_position() throws SQLException {
            log.asSuperuser("DELETE FROM eventstore.event WHERE position = 300");
            assertFound(Code.EVENT_MISSING, 300);
        }

        @Test
        void who_inserts_an_event_is_found_from_its_position_on() throws SQLException {
            log.asSuperuser(
                    "UPDATE eventstore.event SET position = -position - 1 WHERE position >= 300",
                    "UPDATE eventstore.event SET position = -position WHERE position < 0",
                    "INSERT INTO eventstore.event SELECT 300, version, recorded_at, type_version, unit_events,"
                            + " gen_random_uuid(), holder, gen_random_uuid(), type, commitment, leaf"
                            + " FROM eventstore.event WHERE position = 299",
                    LEAF_AGAIN + 300);
            List<AuditFinding> findings = audit().findings();
            assertThat(findings.getFirst().position()).isEqualTo(300);
            assertThat(findings.getFirst().code()).isEqualTo(Code.SEALED_LEAF_CHANGED);
            assertThat(findings).hasSizeGreaterThan(500);
        }

        @Test
        void who_lets_two_events_change_places_is_found_at_both() throws SQLException {
            log.asSuperuser(
                    "UPDATE eventstore.event SET position = -300 WHERE position = 300",
                    "UPDATE eventstore.event SET position = 300 WHERE position = 301",
                    "UPDATE eventstore.event SET position = 301 WHERE position = -300",
                    LEAF_AGAIN + 300,
                    LEAF_AGAIN + 301);
            assertThat(audit().findings())
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.SEALED_LEAF_CHANGED, 300L), tuple(Code.SEALED_LEAF_CHANGED, 301L));
        }

        @Test
        void who_cuts_the_tail_is_found_at_the_first_position_that_is_gone() throws SQLException {
            log.asSuperuser("DELETE FROM eventstore.event WHERE position > 750");
            assertFound(Code.LOG_CUT, 751);
        }

        @Test
        void who_cuts_the_tail_with_its_tiles_and_checkpoint_is_found_by_what_the_other_provider_remembers()
                throws SQLException {
            log.asSuperuser(
                    "DELETE FROM eventstore.event WHERE position > 700",
                    "DELETE FROM eventstore.checkpoint WHERE size > 700",
                    "DELETE FROM eventstore.tile WHERE level = 0 AND index = 3 OR level = 1 AND width = 3",
                    "UPDATE eventstore.head SET position = 700");
            assertThat(audit().findings())
                    .extracting(AuditFinding::code)
                    .containsExactly(Code.CHECKPOINT_MISSING, Code.LOG_CUT);
        }

        @Test
        void who_truncates_a_tile_is_found_at_the_tile() throws SQLException {
            log.asSuperuser(
                    "ALTER TABLE eventstore.tile DROP CONSTRAINT tile_length",
                    "UPDATE eventstore.tile SET hashes = substring(hashes FROM 1 FOR 100)"
                            + " WHERE level = 0 AND index = 0 AND width = 256");
            assertThat(audit().findings())
                    .anySatisfy(finding -> assertThat(finding.toString())
                            .startsWith("TILE_CHANGED position 1:")
                            .contains("TILE_LENGTH: tile/0/000"));
        }

        @Test
        void who_takes_a_tile_away_is_found_at_the_tile() throws SQLException {
            log.asSuperuser("DELETE FROM eventstore.tile WHERE level = 0 AND index = 1");
            assertThat(audit().findings())
                    .anySatisfy(finding -> assertThat(finding.toString()).contains("TILE_MISSING: tile/0/001"));
        }

        @Test
        void who_forges_a_checkpoint_is_found_at_its_size() throws SQLException {
            log.asSuperuser("UPDATE eventstore.checkpoint SET note = convert_to(replace(convert_from(note, 'UTF8'),"
                    + " E'\\n700\\n', E'\\n699\\n'), 'UTF8') WHERE size = 700");
            assertThat(audit().findings().getFirst().toString())
                    .startsWith(
                            "CHECKPOINT_FORGED position 700: the log did not sign this checkpoint: SIGNATURE_INVALID");
        }

        @Test
        void who_forges_a_cosignature_is_found_at_its_size() throws Exception {
            VerifierKey witness = new WitnessDirectory(directory.resolve("witness")).init("controller.example");
            log.asSuperuser("INSERT INTO eventstore.cosignature (size, witness, line) SELECT 700, 'controller.example',"
                    + " E'\\u2014 controller.example ' || encode(decode('"
                    + witness.text().split("\\+")[1]
                    + "', 'hex') || decode(repeat('00', 72), 'hex'), 'base64') || E'\\n'");
            assertThat(audit(List.of(witness)).findings().getFirst().toString())
                    .startsWith("COSIGNATURE_FORGED position 700");
        }

        @Test
        void who_keeps_the_sealer_away_is_found_once_the_promised_delay_is_over() throws SQLException {
            log.append(5);
            assertThat(audit().findings()).isEmpty();
            Report late = audit(List.of(), Instant.now().plus(Duration.ofMinutes(3)));
            assertThat(late.findings())
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.NOT_SEALED, 801L));
        }
    }

    @Test
    void a_checkpoint_that_the_other_provider_does_not_remember_is_found() throws SQLException {
        log.asSuperuserOfTheKeyring("DELETE FROM keyring.sealed_head WHERE size = 700");
        assertFound(Code.MEMORY_MISSING, 700);
    }

    @Test
    void an_older_copy_of_the_whole_server_that_was_put_back_is_found_also_when_it_grew_again() throws Exception {
        Path data = directory.resolve("data");
        try (LocalPostgres server = LocalPostgres.settings().dataDirectory(data).start();
                SealingFixture restored = SealingFixture.create(server)) {
            log.close();
            log = restored;
            log.append(300);
            log.seal();
            server.stop();
            copy(data, directory.resolve("copy"));
            server.restart();
            log.reopen();
            log.append(50);
            log.seal();
            server.stop();
            delete(data);
            copy(directory.resolve("copy"), data);
            server.restart();

            assertThat(audit().findings())
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.CHECKPOINT_MISSING, 350L), tuple(Code.LOG_CUT, 301L));

            log.reopen();
            log.append(60);
            assertThat(audit().findings())
                    .extracting(AuditFinding::code, AuditFinding::position)
                    .containsExactly(tuple(Code.CHECKPOINT_MISSING, 350L), tuple(Code.FORKED, 301L));
        }
    }

    private void assertFound(Code code, long position) throws SQLException {
        assertThat(audit().findings().getFirst()).satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(code);
            assertThat(finding.position()).isEqualTo(position);
        });
    }

    private Report audit() throws SQLException {
        return audit(List.of());
    }

    private Report audit(List<VerifierKey> witnesses) throws SQLException {
        return audit(witnesses, Instant.now());
    }

    private Report audit(List<VerifierKey> witnesses, Instant now) throws SQLException {
        return new LogAudit(
                        log.logAsReader(),
                        new EventLeaves(),
                        Optional.of(log.memory()),
                        List.of(log.logKey()),
                        witnesses,
                        InstantSource.fixed(now),
                        MAX_DELAY)
                .run();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
