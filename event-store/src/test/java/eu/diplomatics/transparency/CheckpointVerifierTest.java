package eu.diplomatics.transparency;

import static eu.diplomatics.transparency.SignedNoteTest.assertReason;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.transparency.NoteException.Reason;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointVerifierTest {
    private static final Instant NOW = Instant.parse("2026-11-22T06:00:00.5Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);

    private final SecretBytes logSeed = SecretBytes.random(32);
    private final SecretBytes controllerSeed = SecretBytes.random(32);
    private final SecretBytes auditorSeed = SecretBytes.random(32);
    private final NoteSigner log = NoteSigner.log("registry.example/log", logSeed);
    private final NoteSigner controller = NoteSigner.witness("controller.example", controllerSeed, CLOCK);
    private final NoteSigner auditor = NoteSigner.witness("auditor.example", auditorSeed, CLOCK);
    private final NaiveTree tree = NaiveTree.random(20, 13);
    private final Checkpoint checkpoint = new Checkpoint("registry.example/log", tree.head(13));

    @AfterEach
    void close() {
        logSeed.close();
        controllerSeed.close();
        auditorSeed.close();
    }

    /** A checkpoint of a log that runs, with cosignatures of four witnesses that do; the keys are the published ones. */
    @Test
    void a_real_checkpoint_with_a_real_cosignature_verifies() {
        byte[] note = """
                arche2025h1.staging.ct.transparency.dev
                1432088532
                U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

                \u2014 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
                \u2014 arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
                \u2014 transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
                \u2014 witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
                \u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
                \u2014 witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
                """.getBytes(UTF_8);
        CheckpointVerifier verifier = new CheckpointVerifier(
                VerifierKey.parse("arche2025h1.staging.ct.transparency.dev+ba2f06c0"
                        + "+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"),
                List.of(
                        VerifierKey.parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"),
                        VerifierKey.parse("witness1.smartit.nu/witness1+a48c820f"
                                + "+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO")),
                2);
        CheckpointVerifier.Verified verified = verifier.verify(note);
        assertThat(verified.head().size()).isEqualTo(1_432_088_532);
        assertThat(verified.cosignatures())
                .allSatisfy(cosignature -> assertThat(cosignature.time()).contains(Instant.ofEpochSecond(0x6a122120)));
        assertThat(SignedNote.parse(note).toBytes()).isEqualTo(note);
    }

    @Test
    void a_checkpoint_with_log_and_witness_verifies_and_tells_the_time_in_seconds() {
        CheckpointVerifier.Verified verified = verifier(1).verify(cosigned().toBytes());
        assertThat(verified.checkpoint()).isEqualTo(checkpoint);
        assertThat(verified.cosignatures()).singleElement().satisfies(cosignature -> {
            assertThat(cosignature.key()).isEqualTo(controller.verifierKey());
            assertThat(cosignature.time()).contains(Instant.parse("2026-11-22T06:00:00Z"));
        });
    }

    @Test
    void a_change_of_any_byte_of_the_checkpoint_is_refused() {
        byte[] note = cosigned().toBytes();
        assertThat(verifier(1).verify(note).head()).isEqualTo(tree.head(13));
        for (int at = 0; at < note.length; at++) {
            for (int bit = at % 3; bit < 8; bit += 3) {
                byte[] changed = note.clone();
                changed[at] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> verifier(1).verify(changed))
                        .as("bit %d of byte %d", bit, at)
                        .isInstanceOf(NoteException.class);
            }
        }
    }

    @Test
    void a_checkpoint_that_is_cut_anywhere_is_refused() {
        byte[] note = cosigned().toBytes();
        for (int length = 0; length < note.length; length++) {
            byte[] cut = Arrays.copyOf(note, length);
            assertThatThrownBy(() -> verifier(1).verify(cut)).isInstanceOf(NoteException.class);
        }
    }

    @Test
    void another_size_or_root_under_the_same_signatures_is_refused() {
        for (int size = 1; size < 13; size++) {
            byte[] forged = withText(new Checkpoint(checkpoint.origin(), tree.head(size)).text());
            assertReason(Reason.SIGNATURE_INVALID, () -> verifier(1).verify(forged));
        }
    }

    @Test
    void without_the_log_or_enough_witnesses_it_is_not_believed() {
        byte[] alone = checkpoint.sign(log).toBytes();
        assertThat(verifier(0).verify(alone).cosignatures()).isEmpty();
        assertReason(Reason.WITNESSES_MISSING, () -> verifier(1).verify(alone));
        assertReason(
                Reason.WITNESSES_MISSING, () -> verifier(2).verify(cosigned().toBytes()));
        assertReason(
                Reason.WITNESSES_MISSING,
                () -> verifier(2).verify(cosigned().cosign(controller).toBytes()));
        assertThat(verifier(2).verify(cosigned().cosign(auditor).toBytes()).cosignatures())
                .hasSize(2);
        assertReason(
                Reason.LOG_SIGNATURE_MISSING,
                () -> verifier(1)
                        .verify(SignedNote.sign(checkpoint.text(), controller).toBytes()));
    }

    @Test
    void a_witness_that_is_not_known_does_not_count_and_does_not_harm() {
        try (SecretBytes seed = SecretBytes.random(32)) {
            NoteSigner stranger = NoteSigner.witness("stranger.example", seed, CLOCK);
            // the name of one that is known, another key
            NoteSigner impostor = NoteSigner.witness("auditor.example", seed, CLOCK);
            SignedNote note = cosigned().cosign(stranger).cosign(impostor);
            assertThat(verifier(1).verify(note.toBytes()).cosignatures()).hasSize(1);
            assertReason(Reason.WITNESSES_MISSING, () -> verifier(2).verify(note.toBytes()));
        }
    }

    @Test
    void a_signature_of_the_log_is_no_cosignature_and_a_cosignature_none_of_the_log() {
        try (SecretBytes seed = SecretBytes.random(32)) {
            NoteSigner asLog = NoteSigner.log("two.example", seed);
            NoteSigner asWitness = NoteSigner.witness("two.example", seed, CLOCK);
            assertThat(SignedNote.sign("text\n", asLog).verify(List.of(asWitness.verifierKey())))
                    .isEmpty();
            assertThat(SignedNote.sign("text\n", asWitness).verify(List.of(asLog.verifierKey())))
                    .isEmpty();
        }
    }

    @Test
    void another_log_s_checkpoint_is_refused_although_the_key_is_right() {
        SignedNote other = SignedNote.sign(new Checkpoint("other.example", tree.head(13)).text(), log);
        assertReason(Reason.ORIGIN, () -> verifier(0).verify(other.toBytes()));
        assertReason(
                Reason.CHECKPOINT_FORMAT,
                () -> verifier(0)
                        .verify(SignedNote.sign("registry.example/log\n", log).toBytes()));
    }

    @Test
    void another_time_in_a_cosignature_is_refused() {
        SignedNote note = cosigned();
        byte[] signature = note.signatures().getLast().signature();
        for (long seconds : new long[] {0, NOW.getEpochSecond() + 1, Long.MAX_VALUE, -1}) {
            byte[] changed = signature.clone();
            ByteBuffer.wrap(changed).putLong(seconds);
            assertThat(controller.verifierKey().verify(note.text(), changed)).isEmpty();
        }
        assertThat(controller.verifierKey().verify(note.text(), signature)).isPresent();
    }

    @Test
    void one_key_is_not_taken_for_two_witnesses_and_kinds_are_not_exchanged() {
        VerifierKey twin =
                NoteSigner.witness("twin.example", controllerSeed, CLOCK).verifierKey();
        VerifierKey ofLog = NoteSigner.witness("log.example", logSeed, CLOCK).verifierKey();
        assertNoVerifier(log.verifierKey(), List.of(controller.verifierKey(), twin), 1);
        assertNoVerifier(log.verifierKey(), List.of(ofLog), 1);
        assertNoVerifier(controller.verifierKey(), List.of(auditor.verifierKey()), 1);
        assertNoVerifier(
                log.verifierKey(), List.of(NoteSigner.log("a", auditorSeed).verifierKey()), 1);
        assertNoVerifier(log.verifierKey(), List.of(controller.verifierKey()), 2);
        assertNoVerifier(log.verifierKey(), List.of(controller.verifierKey()), -1);
    }

    private static void assertNoVerifier(VerifierKey log, List<VerifierKey> witnesses, int quorum) {
        assertThatThrownBy(() -> new CheckpointVerifier(log, witnesses, quorum))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private CheckpointVerifier verifier(int quorum) {
        return new CheckpointVerifier(
                log.verifierKey(), List.of(controller.verifierKey(), auditor.verifierKey()), quorum);
    }

    private SignedNote cosigned() {
        return checkpoint.sign(log).cosign(controller);
    }

    private byte[] withText(String text) {
        return new String(cosigned().toBytes(), UTF_8)
                .replace(checkpoint.text(), text)
                .getBytes(UTF_8);
    }
}
