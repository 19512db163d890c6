package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.Leaf;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way, from events to somebody who has a leaf, a proof, two checkpoints and public keys, and nothing else. */
class OfflineTest {
    private static final String ORIGIN = "registry.example/log";
    private static final Instant TIME = Instant.parse("2026-11-22T06:00:00Z");

    @TempDir
    Path directory;

    @Test
    void an_event_is_in_the_log_at_its_position_and_the_log_only_grew() {
        List<TreeHash> leaves = LongStream.rangeClosed(1, 400)
                .mapToObj(position -> leaf(position, TIME))
                .toList();
        try (SecretBytes logSeed = SecretBytes.random(32);
                SecretBytes controllerSeed = SecretBytes.random(32)) {
            NoteSigner log = NoteSigner.log(ORIGIN, logSeed);
            NoteSigner controller = NoteSigner.witness("controller.example", controllerSeed, InstantSource.fixed(TIME));
            TileStore store = new DirectoryTileStore(directory);
            TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
            byte[] first = checkpoint(writer.append(leaves.subList(0, 300)), log, controller);
            byte[] second = checkpoint(writer.append(leaves.subList(300, 400)), log, controller);
            TileTree tree = TileTree.open(store, writer.head());
            List<TreeHash> inclusion = tree.inclusion(41);
            List<TreeHash> consistency = tree.consistency(300);

            CheckpointVerifier verifier =
                    new CheckpointVerifier(log.verifierKey(), List.of(controller.verifierKey()), 1);
            TreeHead before = verifier.verify(first).head();
            TreeHead now = verifier.verify(second).head();
            assertThat(Proofs.consistent(before, now, consistency)).isTrue();
            assertThat(Proofs.includes(now, 42 - 1, leaf(42, TIME), inclusion)).isTrue();
            assertThat(Proofs.includes(now, 42 - 1, leaf(42, TIME.plusMillis(1)), inclusion))
                    .as("a time that was changed afterwards")
                    .isFalse();
            assertThat(Proofs.includes(before, 42 - 1, leaf(42, TIME), inclusion))
                    .as("a proof for another head")
                    .isFalse();
        }
    }

    private static byte[] checkpoint(TreeHead head, NoteSigner log, NoteSigner controller) {
        return new Checkpoint(ORIGIN, head).sign(log).cosign(controller).toBytes();
    }

    private static TreeHash leaf(long position, Instant recordedAt) {
        EventContext context = new EventContext(new UUID(0, position), 1, "QualificationRegistered", 1);
        return TreeHash.of(Leaf.of(position, recordedAt, context, new byte[32]));
    }
}
