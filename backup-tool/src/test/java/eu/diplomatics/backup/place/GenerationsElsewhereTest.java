package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.generation.CopyGenerations;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.source.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10 on real servers: generations at an S3 server, and what they are at an SFTP server they are copied to. */
class GenerationsElsewhereTest {
    @Test
    void threeDaysAreKeptAtAnS3ServerAndAtAnSftpServerBesideIt(@TempDir Path directory) throws Exception {
        Path s3 = Files.createDirectory(directory.resolve("s3"));
        Path ssh = Files.createDirectory(directory.resolve("ssh"));
        try (BackupFixture fixture = new BackupFixture(directory);
                S3Proxy proxy = S3Proxy.start(s3);
                OpenSshServer sshd = OpenSshServer.start(ssh)) {
            fixture.log.fill(6);
            proxy.bucket("backups");
            GenerationStore first = fixture.store(proxy.place("backups"));
            GenerationStore copy = fixture.store(new SftpPlace(sshd.settings("place", sshd.port)));
            fixture.use(first.place());
            List<String> made = new ArrayList<>();
            for (int day = 0; day < 4; day++) {
                made.add(fixture.create().id());
                new CopyGenerations(first, copy, fixture.clock)
                        .bring(Objects.requireNonNull(fixture.sources().get(SourceDatabase.EVENTSTORE)));
                fixture.clock.forward(Duration.ofDays(1));
            }

            for (GenerationStore store : List.of(first, copy)) {
                assertThat(store.list())
                        .extracting(each -> each.id().toString())
                        .isEqualTo(made.subList(1, 4));
                for (Stored each : store.list()) {
                    assertThat(each.state()).isEqualTo(State.VERIFIED);
                    assertThat(new VerifyGeneration(store)
                                    .verify(each.id(), fixture.custodian())
                                    .findings())
                            .isEmpty();
                }
            }
            assertThat(proxy.bucket("backups").resolve("registry/generations").resolve(made.getFirst()))
                    .doesNotExist();
            assertThat(ssh.resolve("place/generations").resolve(made.getFirst()))
                    .doesNotExist();
            first.close();
            copy.close();
        }
    }
}
