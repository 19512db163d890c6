package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The contract on OpenSSH, and what happens when it is another, does not know us, or goes away. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SftpPlaceTest extends PlaceContract {
    private OpenSshServer server;
    private String folder = "";

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        server = OpenSshServer.start(home);
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Override
    Place open() throws Exception {
        folder = "places/" + UUID.randomUUID();
        return new SftpPlace(server.settings(folder, server.port));
    }

    private Path there() {
        return server.directory.resolve(folder);
    }

    @Test
    void forgetsTheFoldersThatAreLeftEmptyAndLetsNobodyElseReadTheOthers() throws Exception {
        place.replace("one/two/index", CONTENT);
        assertThat(Files.getPosixFilePermissions(there().resolve("one")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));

        place.delete("one/two/index");

        assertThat(there()).exists();
        assertThat(there().resolve("one")).doesNotExist();
    }

    @Test
    void removesWhatStrangersLeftAndWhatItLeftItself() throws Exception {
        place.replace("data/index", CONTENT);
        Files.writeString(there().resolve("data/Some FILE+ü&.txt"), "x");
        Files.writeString(there().resolve(".spool/left"), "x");

        place.delete("data/Some FILE+ü&.txt");
        place.tidy(Instant.now());
        assertThat(there().resolve(".spool")).isNotEmptyDirectory(); // somebody may be at it
        place.tidy(Instant.now().plus(Duration.ofHours(2)));

        assertThat(there().resolve("data")).isDirectoryContaining("glob:**/index");
        assertThat(there().resolve("data/Some FILE+ü&.txt")).doesNotExist();
        assertThat(there().resolve(".spool")).isEmptyDirectory();
    }

    @Test
    void followsNoLink() throws Exception {
        place.replace("data/index", CONTENT);
        Files.createSymbolicLink(there().resolve("data/link"), server.directory.resolve("host"));

        assertThat(place.list("data/l")).isEmpty();
        assertThatThrownBy(() -> place.open("data/link")).isInstanceOf(IOException.class);
    }

    @Test
    void tellsWhatTheServerDoes() throws Exception {
        assertThat(place.probe())
                .containsEntry("durable writes (fsync@openssh.com)", "offered")
                .containsEntry("replaced as a whole (posix-rename@openssh.com)", "offered")
                .containsEntry("room (statvfs@openssh.com)", "told");
    }

    @Test
    void aServerThatShowsAnotherKeyIsToldNothing() throws Exception {
        try (Place other = new SftpPlace(server.settings(folder, server.port, "client", "other-host"))) {
            assertThatThrownBy(() -> other.list(""))
                    .isInstanceOf(PlaceException.class)
                    .hasMessageContaining("another key than the one that is pinned");
        }
    }

    @Test
    void aKeyThatTheServerDoesNotKnowIsRefused() throws Exception {
        try (Place other = new SftpPlace(server.settings(folder, server.port, "other-client", "host"))) {
            assertThatThrownBy(() -> other.list(""))
                    .isInstanceOf(PlaceException.class)
                    .hasMessageContaining("does not take the key");
        }
    }

    @Test
    void nobodyThereIsNoLie() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(server.port, 0, Integer.MAX_VALUE);
                Place other = new SftpPlace(server.settings(folder, proxy.port()))) {
            assertThatThrownBy(() -> other.list(""))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(PlaceException.class);
        }
    }

    @Test
    void aConnectionThatIsCutIsMadeAnewAndWhatIsPutIsWhole() throws Exception {
        byte[] large = large();
        try (CuttingProxy proxy = new CuttingProxy(server.port, 1_000_000, 2);
                Place cut = new SftpPlace(server.settings(folder, proxy.port()))) {
            cut.put("large", spooled(large), sha256(large));
        }

        assertThat(read("large")).isEqualTo(large);
    }

    @Test
    void aConnectionThatIsAlwaysCutLeavesNothingUnderTheName() throws Exception {
        byte[] large = large();
        try (CuttingProxy proxy = new CuttingProxy(server.port, 1_000_000, Integer.MAX_VALUE);
                Place cut = new SftpPlace(server.settings(folder, proxy.port()))) {
            assertThatThrownBy(() -> cut.put("large", spooled(large), sha256(large)))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(PlaceException.class);
        }

        assertThat(place.list("")).isEmpty();
        assertThat(there().resolve(".spool")).isNotEmptyDirectory();
        place.tidy(Instant.now().plus(Duration.ofHours(2)));
        assertThat(there().resolve(".spool")).isEmptyDirectory();
    }

    private static byte[] large() {
        byte[] large = new byte[4 << 20];
        new Random(2).nextBytes(large);
        return large;
    }

    @Test
    void withoutOpenSshTheTestsFailWhereEverythingIsTestedOnly() {
        assertThatThrownBy(() -> OpenSshServer.missing(true)).isInstanceOf(AssertionError.class);
        assertThat(OpenSshServer.missing(false)).isInstanceOf(TestAbortedException.class);
    }
}
