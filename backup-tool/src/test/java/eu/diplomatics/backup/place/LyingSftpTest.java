package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.place.LyingSftp.Lie;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever an SFTP server does to what it is given is found before it counts. */
class LyingSftpTest {
    private static final byte[] CONTENT = {1, 2, 3, 4};

    @TempDir
    private Path directory;

    private LyingSftp server;
    private SftpPlace place;

    @BeforeEach
    void start() throws Exception {
        server = new LyingSftp();
        OpenSshServer.run(directory, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "client");
        place = new SftpPlace(new SftpSettings(
                "127.0.0.1",
                server.port(),
                "somebody",
                directory.resolve("place").toString(),
                directory.resolve("client"),
                server.hostKey,
                directory.resolve("spool"),
                Duration.ofSeconds(20)));
        place.replace("index.json", CONTENT);
    }

    @AfterEach
    void stop() throws Exception {
        place.close();
        server.close();
    }

    private void put(String name) throws Exception {
        Path file = Files.write(place.spool().resolve("made"), CONTENT);
        place.put(name, file, MessageDigest.getInstance("SHA-256").digest(CONTENT));
    }

    @ParameterizedTest
    @EnumSource(
            value = Lie.class,
            names = {"FLIPS_A_BIT", "LOSES_THE_END"})
    void whatIsChangedOnItsWayIsFound(Lie lie) {
        server.lie = lie;

        assertThatThrownBy(() -> put("a"))
                .isInstanceOf(PlaceException.class)
                .hasMessageContaining("does not give back what it was given");
    }

    @ParameterizedTest
    @EnumSource(
            value = Lie.class,
            names = {"HAS_NO_ROOM", "IS_OVER_ITS_QUOTA"})
    void noRoomIsSaidAndWhatIsThereStays(Lie lie) throws Exception {
        server.lie = lie;

        assertThatThrownBy(() -> put("a")).isInstanceOf(PlaceException.class).hasMessageContaining("no room left");
        assertThatThrownBy(() -> place.replace("index.json", new byte[] {9})).isInstanceOf(PlaceException.class);

        server.lie = Lie.NONE;
        try (var in = place.open("index.json")) {
            assertThat(in.readAllBytes()).isEqualTo(CONTENT);
        }
        assertThat(place.list("")).hasSize(1);
    }

    @Test
    void whatIsNotRemovedIsFound() {
        server.lie = Lie.IGNORES_REMOVAL;

        assertThatThrownBy(() -> place.delete("index.json"))
                .isInstanceOf(PlaceException.class)
                .hasMessageContaining("keeps what it was told to remove");
    }
}
