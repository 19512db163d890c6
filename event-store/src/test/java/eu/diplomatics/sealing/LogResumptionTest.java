package eu.diplomatics.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.LogContinuation.Wanted;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.sealing.LogResumption.Proposal;
import eu.diplomatics.sealing.ResumptionException.Reason;
import eu.diplomatics.transparency.Proofs;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.HttpWitness;
import eu.diplomatics.witness.WitnessDirectory;
import eu.diplomatics.witness.WitnessException;
import eu.diplomatics.witness.WitnessProcess;
import eu.diplomatics.witness.WitnessedResumption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that lost its end goes on: nothing that was signed is signed otherwise, and what is lost is said. */
class LogResumptionTest {
    private static final String CUT = "DELETE FROM eventstore.event WHERE position > 310";
    private static final String LOST = "PositionLost";

    @TempDir
    Path directory;

    private SealingFixture log;
    private TreeHead kept;
    private TreeHead signed;

    @BeforeEach
    void seal() throws SQLException {
        log = SealingFixture.create();
        log.append(300);
        kept = log.seal();
        log.append(20);
        signed = log.seal();
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void after_its_tail_was_cut_a_log_goes_on_in_a_new_incarnation_behind_every_position_that_was_known()
            throws SQLException {
        TreeHash old = log.tree(signed, tree -> tree.leaf(299));
        log.asSuperuser(CUT);
        assertHalted(SealingException.Reason.LOG_CUT);

        Proposal proposal = propose(0);
        assertThat(proposal.declared().kept()).isEqualTo(kept);
        assertThat(proposal.declared().signed()).isEqualTo(signed);
        assertThat(begin(confirmed(proposal))).isEqualTo(321);
        log.append(5);
        TreeHead head = log.seal();

        assertThat(head.size()).isEqualTo(326);
        assertThat(log.published(2)).isEqualTo(head);
        TreeHead then = log.tree(head, tree -> tree.headAt(320));
        assertThat(types(311, 321)).containsOnly(LOST).hasSize(10);
        assertThat(leafOf(head)).as("what a receipt before the loss promises").isEqualTo(old);
        assertThat(Proofs.consistent(kept, head, log.tree(head, tree -> tree.consistency(300))))
                .as("follows from the last checkpoint that is kept")
                .isTrue();
        assertThat(then).as("what is lost").isNotEqualTo(signed);
        assertThat(audit()).isEmpty();
    }

    @Test
    void positions_that_were_known_and_never_signed_are_not_given_out_again_either() throws SQLException {
        log.append(7);
        log.asSuperuser(CUT);
        assertThat(begin(confirmed(propose(327)))).isEqualTo(328);
        assertThat(types(311, 328)).containsOnly(LOST).hasSize(17);
        assertThat(log.seal().size()).isEqualTo(328);
    }

    @Test
    void what_was_registered_between_the_loss_and_its_discovery_stays_where_it_is() throws SQLException {
        log.asSuperuser(
                CUT,
                "DELETE FROM eventstore.ciphertext_1 WHERE position > 310",
                "UPDATE eventstore.head SET position = 310");
        log.reopen();
        log.append(30);
        assertHalted(SealingException.Reason.SEALED_LEAF_CHANGED);
        assertThat(begin(confirmed(propose(0)))).isEqualTo(341);
        TreeHead head = log.seal();
        assertThat(head.size()).isEqualTo(341);
        assertThat(Proofs.consistent(kept, head, log.tree(head, tree -> tree.consistency(300))))
                .isTrue();
    }

    @Test
    void a_log_that_lost_its_end_twice_goes_on_twice() throws SQLException {
        log.asSuperuser(CUT);
        begin(confirmed(propose(0)));
        log.append(9);
        TreeHead second = log.seal();
        log.append(9);
        log.seal();
        log.asSuperuser("DELETE FROM eventstore.event WHERE position > 335");
        Proposal proposal = propose(0);
        assertThat(proposal.incarnation()).isEqualTo(3);
        assertThat(proposal.declared().kept()).isEqualTo(second);
        assertThat(begin(confirmed(proposal))).isEqualTo(340);
        assertThat(log.seal().size()).isEqualTo(340);
        assertThat(log.published(3).size()).isEqualTo(340);
    }

    @Test
    void who_a_holder_is_and_was_lost_is_appended_again_with_the_first_event_that_needs_it() throws SQLException {
        UUID holder = UUID.randomUUID();
        Units.append(log.log(), Units.unit(Units.ifAbsent(holder, 1), Units.event(UUID.randomUUID(), 1)));
        log.asSuperuser(CUT);
        begin(confirmed(propose(322)));

        var outcomes =
                Units.append(log.log(), Units.unit(Units.ifAbsent(holder, 1), Units.event(UUID.randomUUID(), 1)));

        assertThat(Units.places(outcomes.getFirst()))
                .extracting(EventPlace::stream)
                .hasSize(2)
                .first()
                .isEqualTo(holder);
    }

    @Test
    void an_older_copy_of_the_whole_database_goes_on_too() throws Exception {
        Path data = directory.resolve("data");
        try (LocalPostgres server = LocalPostgres.settings().dataDirectory(data).start();
                SealingFixture restored = SealingFixture.create(server)) {
            log.close();
            log = restored;
            log.append(50);
            TreeHead first = log.seal();
            server.stop();
            copy(data, directory.resolve("copy"));
            server.restart();
            log.reopen();
            log.append(25);
            log.seal();
            server.stop();
            delete(data);
            copy(directory.resolve("copy"), data);
            server.restart();

            log.reopen();
            assertHalted(SealingException.Reason.LOG_CUT);
            Proposal proposal = propose(0);
            assertThat(proposal.declared().kept()).isEqualTo(first);
            assertThat(begin(confirmed(proposal))).isEqualTo(76);
            log.append(4);
            assertThat(log.seal().size()).isEqualTo(80);
            assertThat(audit()).isEmpty();
        }
    }

    @Test
    void a_kill_at_any_step_leaves_a_log_that_goes_on_when_the_step_is_done_again() throws SQLException {
        log.asSuperuser(CUT);
        propose(0);
        assertHalted(SealingException.Reason.LOG_CUT);
        Proposal declared = confirmed(propose(0));
        assertHalted(SealingException.Reason.INCARNATION);

        assertThatThrownBy(() -> log.log()
                        .continuation()
                        .begin(wanted(declared), LogSealer.LOCK_CLASS, this::fillers, first -> {
                            throw new IllegalStateException("killed before the commit");
                        }))
                .isInstanceOf(IllegalStateException.class);
        assertHalted(SealingException.Reason.INCARNATION);
        assertThat(types(300, 400)).doesNotContain(LOST);

        assertThat(log.resumption().confirm(2, declared.note().getBytes(StandardCharsets.UTF_8), List.of(), "second"))
                .as("asked again")
                .isEqualTo(declared);
        assertThat(begin(declared)).isEqualTo(321);
        assertThatThrownBy(() -> begin(declared)).as("and again").isInstanceOf(LogUnavailableException.class);
        assertThat(log.seal().size()).isEqualTo(321);
        assertThat(types(311, 400)).hasSize(11);
    }

    @Test
    void what_is_kept_cannot_be_changed_while_the_new_tree_is_not_signed_yet() throws SQLException {
        log.asSuperuser(CUT);
        begin(confirmed(propose(0)));
        log.asSuperuser(
                "UPDATE eventstore.event SET recorded_at = recorded_at - interval '1 day' WHERE position = 100",
                LogAuditTest.LEAF_AGAIN + 100);
        assertHalted(SealingException.Reason.FORKED);
        assertThat(log.memory().last("registry.example/events/2")).isEqualTo(TreeHead.EMPTY);
    }

    @Test
    void appends_wait_and_go_on_behind_it() throws SQLException {
        log.asSuperuser(CUT);
        Proposal declared = confirmed(propose(0));
        log.log().continuation().begin(wanted(declared), LogSealer.LOCK_CLASS, this::fillers, first -> {
            var unused = log.log().append(List.of(Units.unit(Units.event(UUID.randomUUID(), 1))));
            return declaration(first);
        });
        log.append(1);
        assertThat(types(321, 400)).containsExactly("LogResumed", Units.TYPE, Units.TYPE);
    }

    @Test
    void nobody_resumes_a_log_that_lost_nothing_or_was_changed_in_the_middle() throws SQLException {
        assertRefused(Reason.NOTHING_LOST, () -> propose(0));
        log.asSuperuser("DELETE FROM eventstore.event WHERE position = 200");
        assertRefused(Reason.LOG_CHANGED, () -> propose(0));
    }

    @Test
    void a_slip_in_the_highest_known_position_does_not_fill_the_disk() throws SQLException {
        log.asSuperuser(CUT);
        assertRefused(Reason.TOO_MUCH, () -> propose(1_000_000_000_000L));
    }

    @Test
    void one_person_alone_or_another_declaration_does_not_do() throws SQLException {
        log.asSuperuser(CUT);
        byte[] replaced = propose(0).note().getBytes(StandardCharsets.UTF_8);
        byte[] note = propose(400).note().getBytes(StandardCharsets.UTF_8);
        LogResumption resumption = log.resumption();
        assertRefused(Reason.SAME_PERSON, () -> resumption.confirm(2, note, List.of(), "first"));
        assertRefused(Reason.STATEMENT_REFUSED, () -> resumption.confirm(2, replaced, List.of(), "second"));
        assertRefused(Reason.UNKNOWN, () -> resumption.confirm(3, note, List.of(), "second"));
        assertHalted(SealingException.Reason.LOG_CUT);
    }

    @Test
    void the_superuser_of_the_log_cannot_begin_an_incarnation_that_nobody_declared() throws SQLException {
        log.asSuperuser("UPDATE eventstore.head SET incarnation = 2", "DELETE FROM eventstore.checkpoint");
        assertHalted(SealingException.Reason.INCARNATION);
        assertThat(log.memory().last("registry.example/events/2")).isEqualTo(TreeHead.EMPTY);
    }

    @Test
    void the_witness_cosigns_the_declaration_and_from_then_on_the_new_incarnation() throws Exception {
        WitnessDirectory home = new WitnessDirectory(directory.resolve("witness"));
        VerifierKey witness = home.init("controller.example");
        home.watch(log.logKey());
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            Cosigner cosigner = new Cosigner(log.logAsSealer(), "eventstore", witness, http);
            cosigner.cosign();
            log.asSuperuser(CUT);
            Proposal proposal = propose(0);
            byte[] alone = proposal.note().getBytes(StandardCharsets.UTF_8);
            assertRefused(
                    Reason.STATEMENT_REFUSED, () -> log.resumption().confirm(2, alone, List.of(witness), "second"));

            byte[] cosigned = WitnessedResumption.cosign(home, alone, InstantSource.system());
            begin(log.resumption().confirm(2, cosigned, List.of(witness), "second"));
            log.append(3);
            log.seal();
            cosigner.cosign();
            assertThat(cosigner.state()).isEqualTo(new Cosigner.State(324, Cosigner.Trouble.NONE));
        }
    }

    @Test
    void a_witness_that_saw_more_than_is_admitted_refuses_and_its_checkpoint_sets_that_right() throws Exception {
        WitnessDirectory home = new WitnessDirectory(directory.resolve("witness"));
        VerifierKey witness = home.init("controller.example");
        home.watch(log.logKey());
        byte[] seen;
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            new Cosigner(log.logAsSealer(), "eventstore", witness, http).cosign();
            seen = newestCheckpoint();
        }
        log.asSuperuser(
                CUT, "DELETE FROM eventstore.cosignature", "DELETE FROM eventstore.checkpoint WHERE size > 300");
        log.asSuperuserOfTheKeyring("DELETE FROM keyring.sealed_head WHERE size > 300");

        assertRefused(Reason.NOTHING_LOST, () -> propose(0));
        Proposal proposal = log.resumption().propose(0, Optional.of(seen), "RESTORED", "first");
        assertThat(proposal.declared().signed()).isEqualTo(signed);
        WitnessedResumption.cosign(home, proposal.note().getBytes(StandardCharsets.UTF_8), InstantSource.system());
        byte[] forged = new String(seen, StandardCharsets.UTF_8)
                .replace("\n320\n", "\n319\n")
                .getBytes(StandardCharsets.UTF_8);
        assertRefused(
                Reason.CHECKPOINT_REFUSED, () -> log.resumption().propose(0, Optional.of(forged), "RESTORED", "first"));
    }

    @Test
    void a_witness_refuses_a_declaration_that_admits_less_than_it_saw() throws Exception {
        WitnessDirectory home = new WitnessDirectory(directory.resolve("witness"));
        VerifierKey witness = home.init("controller.example");
        home.watch(log.logKey());
        log.asSuperuser(CUT);
        byte[] note = propose(0).note().getBytes(StandardCharsets.UTF_8);
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            SealingFixture other = SealingFixture.create();
            other.append(900);
            other.seal();
            new Cosigner(other.logAsSealer(), "eventstore", witness, http).cosign();
            other.close();
        }
        assertThatThrownBy(() -> WitnessedResumption.cosign(home, note, InstantSource.system()))
                .isInstanceOf(WitnessException.class)
                .hasMessageContaining("900");
    }

    private TreeHash leafOf(TreeHead head) throws SQLException {
        return log.tree(head, tree -> tree.leaf(299));
    }

    private byte[] newestCheckpoint() throws SQLException {
        try (Connection connection = log.logAsReader().getConnection()) {
            return new Checkpoints(connection, "eventstore")
                    .last()
                    .orElseThrow()
                    .note();
        }
    }

    private Proposal propose(long highestKnown) throws SQLException {
        return log.resumption().propose(highestKnown, Optional.empty(), "RESTORED", "first");
    }

    private Proposal confirmed(Proposal proposal) throws SQLException {
        return log.resumption()
                .confirm(proposal.incarnation(), proposal.note().getBytes(StandardCharsets.UTF_8), List.of(), "second");
    }

    private long begin(Proposal declared) {
        return log.log().continuation().begin(wanted(declared), LogSealer.LOCK_CLASS, this::fillers, this::declaration);
    }

    private static Wanted wanted(Proposal declared) {
        return new Wanted(
                SealingFixture.ORIGIN,
                declared.incarnation(),
                declared.declared().kept().size(),
                declared.declared().highestKnown(),
                declared.note());
    }

    private AppendUnit fillers(int count) {
        UUID stream = UUID.randomUUID();
        return Units.unit(IntStream.rangeClosed(1, count)
                .mapToObj(version -> Units.event(stream, version, LOST, false))
                .toArray(SealedEvent[]::new));
    }

    private AppendUnit declaration(long first) {
        return Units.unit(Units.event(UUID.randomUUID(), 1, "LogResumed", false));
    }

    /** Types of the events behind a position, up to before another. */
    private List<String> types(long from, long to) throws SQLException {
        try (Connection connection = log.logAsReader().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(array_agg(type ORDER BY position), '{}')"
                        + " FROM eventstore.event WHERE position > " + (from - 1) + " AND position < " + to)) {
            row.next();
            return List.of((String[]) row.getArray(1).getArray());
        }
    }

    private List<AuditFinding> audit() throws SQLException {
        return new LogAudit(
                        log.logAsReader(),
                        new EventLeaves(),
                        Optional.of(log.memory()),
                        List.of(log.logKey(2)),
                        List.of(),
                        InstantSource.system(),
                        Duration.ofMinutes(2))
                .run()
                .findings();
    }

    private void assertHalted(SealingException.Reason reason) {
        assertThatThrownBy(() -> log.sealer().seal())
                .isInstanceOfSatisfying(
                        SealingException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static void assertRefused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ResumptionException.class, e -> assertThat(e.reason()).isEqualTo(reason));
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
