package eu.diplomatics.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.sealing.Cosigner.State;
import eu.diplomatics.sealing.Cosigner.Trouble;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.HttpWitness;
import eu.diplomatics.witness.WitnessDirectory;
import eu.diplomatics.witness.WitnessProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sealed log and a witness in a process of its own. */
class CosignerTest {
    @TempDir
    Path directory;

    private SealingFixture log;
    private WitnessDirectory home;
    private VerifierKey witness;

    @BeforeEach
    void open() throws IOException {
        log = SealingFixture.create();
        home = new WitnessDirectory(directory.resolve("witness"));
        witness = home.init("controller.example");
        home.watch(log.logKey());
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void each_newest_checkpoint_is_cosigned_and_published_with_it() throws Exception {
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            Cosigner cosigner = cosigner(http);
            cosigner.cosign();
            assertThat(cosigner.state()).as("nothing is sealed yet").isEqualTo(new State(0, Trouble.NONE));
            for (int size : List.of(10, 300, 301)) {
                log.append(size - (int) cosigner.state().size());
                log.seal();
                cosigner.cosign();
                assertThat(cosigner.state()).isEqualTo(new State(size, Trouble.NONE));
                assertThat(cosigned()).isEqualTo(size);
            }
        }
    }

    /** R08, R25. */
    @Test
    void over_tls_with_certificates_of_both_sides_too() throws Exception {
        LocalAuthority authority = LocalAuthority.in(directory.resolve("certificates"), List.of("witness", "registry"));
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"), authority);
                HttpWitness http = HttpWitness.at(
                        process.uri(),
                        authority.keyStore("registry"),
                        authority.trustStore(),
                        new String(authority.password()))) {
            Cosigner cosigner = cosigner(http);
            log.append(10);
            log.seal();
            cosigner.cosign();
            assertThat(cosigner.state()).isEqualTo(new State(10, Trouble.NONE));
            assertThat(cosigned()).isEqualTo(10);
        }
    }

    @Test
    void sealing_goes_on_without_a_witness_and_what_it_missed_is_cosigned_later() throws Exception {
        try (HttpWitness nobody = new HttpWitness(URI.create("http://127.0.0.1:1/"))) {
            Cosigner cosigner = cosigner(nobody);
            log.append(10);
            log.seal();
            cosigner.cosign();
            log.append(10);
            log.seal();
            cosigner.cosign();
            assertThat(cosigner.state()).isEqualTo(new State(0, Trouble.UNREACHABLE));
            assertThat(log.published().size()).isEqualTo(20);
        }
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            cosigner(http).cosign();
        }
        assertThat(cosigned()).isEqualTo(20);
    }

    @Test
    void a_witness_that_was_killed_knows_after_its_restart_what_it_cosigned() throws Exception {
        log.append(10);
        log.seal();
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            cosigner(http).cosign();
            process.kill();
        }
        log.asSuperuser("DELETE FROM eventstore.cosignature");
        log.append(5);
        log.seal();
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            Cosigner cosigner = cosigner(http);
            cosigner.cosign();
            assertThat(cosigner.state()).isEqualTo(new State(15, Trouble.NONE));
        }
    }

    @Test
    void a_log_whose_hosts_both_forgot_its_tail_is_contradicted_by_the_witness() throws Exception {
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            Cosigner cosigner = cosigner(http);
            log.append(10);
            log.seal();
            log.append(10);
            log.seal();
            cosigner.cosign();
            log.asSuperuser(
                    "DELETE FROM eventstore.event WHERE position > 10",
                    "DELETE FROM eventstore.ciphertext_1 WHERE position > 10",
                    "DELETE FROM eventstore.checkpoint WHERE size > 10",
                    "DELETE FROM eventstore.cosignature",
                    "DELETE FROM eventstore.tile WHERE width > 10",
                    "UPDATE eventstore.head SET position = 10");
            log.asSuperuserOfTheKeyring("DELETE FROM keyring.sealed_head WHERE size > 10");
            log.reopen();
            log.append(5);
            assertThat(log.seal().size()).as("both hosts together").isEqualTo(15);
            cosigner.cosign();
            assertThat(cosigner.state().trouble()).isEqualTo(Trouble.CONTRADICTED);
            log.append(10);
            log.seal();
            cosigner.cosign();
            assertThat(cosigner.state().trouble())
                    .as("longer than what was seen")
                    .isEqualTo(Trouble.CONTRADICTED);
        }
    }

    @Test
    void a_witness_under_another_key_is_not_taken() throws Exception {
        log.append(10);
        log.seal();
        VerifierKey expected = new WitnessDirectory(directory.resolve("other")).init("controller.example");
        try (WitnessProcess process = WitnessProcess.start(directory.resolve("witness"));
                HttpWitness http = new HttpWitness(process.uri())) {
            Cosigner cosigner = new Cosigner(log.logAsSealer(), "eventstore", expected, http);
            cosigner.cosign();
            assertThat(cosigner.state()).isEqualTo(new State(0, Trouble.REFUSED));
        }
    }

    private Cosigner cosigner(HttpWitness http) {
        return new Cosigner(log.logAsSealer(), "eventstore", witness, http);
    }

    /** The size of the newest checkpoint, which has to be cosigned. */
    private long cosigned() throws SQLException {
        try (Connection connection = log.logAsReader().getConnection()) {
            Checkpoints checkpoints = new Checkpoints(connection, "eventstore");
            byte[] note = checkpoints.cosigned(checkpoints.last().orElseThrow());
            return new CheckpointVerifier(log.logKey(), List.of(witness), 1)
                    .verify(note)
                    .head()
                    .size();
        }
    }
}
