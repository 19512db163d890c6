package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.KilledBackup;
import eu.diplomatics.keyring.HttpsCustodian;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that makes a tail and dies where it is told to, as by SIGKILL. */
final class KilledTail {
    private KilledTail() {}

    /** The configuration, the step, the how manieth time it is reached, and how far the clock is ahead. */
    public static void main(String[] args) throws Exception {
        JsonNode configuration = JsonMapper.shared().readTree(Files.readAllBytes(Path.of(args[0])));
        FollowGeneration.Step at = FollowGeneration.Step.valueOf(args[1]);
        int[] left = {Integer.parseInt(args[2])};
        Duration ahead = Duration.parse(args[3]);
        try (HttpsCustodian client = KilledBackup.custodian(configuration)) {
            new FollowGeneration(
                            new TailStore(KilledBackup.store(configuration)),
                            KilledBackup.sources(configuration),
                            client,
                            () -> Instant.now().plus(ahead),
                            new FollowGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"),
                            step -> {
                                if (step == at && --left[0] == 0) {
                                    Runtime.getRuntime().halt(KilledBackup.KILLED);
                                }
                            })
                    .follow();
        }
    }
}
