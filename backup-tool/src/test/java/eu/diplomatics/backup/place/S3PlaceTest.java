package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract on S3Proxy, which compares signatures and checksums and knows no versions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3PlaceTest extends PlaceContract {
    private S3Proxy server;
    private String bucket = "";

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        server = S3Proxy.start(home);
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Override
    Place open() throws Exception {
        bucket = "b-" + UUID.randomUUID();
        server.bucket(bucket);
        return server.place(bucket);
    }

    @Test
    void keepsToItsPrefix() throws Exception {
        Files.writeString(server.bucket(bucket).resolve("of-somebody-else"), "x");
        place.replace("index.json", CONTENT);

        assertThat(place.list("")).containsExactly(new PlacedObject("index.json", CONTENT.length));
        assertThat(server.bucket(bucket).resolve("registry/index.json")).exists();
    }

    @Test
    void listsAllPages() throws Exception {
        Path folder = Files.createDirectories(server.bucket(bucket).resolve("registry/many"));
        for (int i = 0; i < 1100; i++) {
            Files.writeString(folder.resolve("object-" + i), "x");
        }

        assertThat(place.list("many/")).hasSize(1100);
    }

    @Test
    void removesWhatStrangersLeft() throws Exception {
        Path stranger = Files.createDirectories(server.bucket(bucket).resolve("registry/data"))
                .resolve("Some FILE+ü&.txt");
        Files.writeString(stranger, "x");
        String name = place.list("").getFirst().name();

        place.delete(name);

        assertThat(stranger).doesNotExist();
    }

    @Test
    void tellsWhatTheServerDoes() throws Exception {
        assertThat(place.probe())
                .containsEntry("checksum (x-amz-checksum-sha256)", "checked")
                .containsEntry("put only what is not there (if-none-match)", "kept")
                .containsEntry("object lock", "none")
                .containsEntry("removal", "shown");
    }

    @Test
    void isTriedAgainAfterAWeek() throws Exception {
        Instant first = Instant.parse("2026-11-01T00:00:00Z");
        PlaceRecord.ensure(place, first);
        PlaceRecord.ensure(place, first.plus(Duration.ofDays(6)));
        assertThat(PlaceRecord.kept(place).orElseThrow().probedAt()).isEqualTo(first);

        PlaceRecord.ensure(place, first.plus(Duration.ofDays(8)));

        assertThat(PlaceRecord.kept(place).orElseThrow().probedAt()).isEqualTo(first.plus(Duration.ofDays(8)));
    }

    @Test
    void anotherSecretIsRefusedAndStandsInNoMessage() throws Exception {
        S3Settings right = server.settings(bucket);
        S3Settings wrong = new S3Settings(
                right.endpoint(),
                right.region(),
                right.bucket(),
                right.prefix(),
                true,
                server.credentials("another-secret"),
                right.authorities(),
                right.spool(),
                right.timing());
        try (S3Place other = new S3Place(wrong, InstantSource.system())) {
            assertThatThrownBy(() -> other.list(""))
                    .isInstanceOfSatisfying(
                            PlaceException.class, e -> assertThat(e.hint()).contains("credentials"))
                    .hasMessageContaining("403")
                    .hasMessageNotContaining("another-secret")
                    .hasMessageNotContaining("the-backup");
        }
    }

    @Test
    void aBucketThatIsNotThereIsRefused() throws Exception {
        try (S3Place other = server.place("never-made")) {
            assertThatThrownBy(() -> other.list(""))
                    .isInstanceOf(PlaceException.class)
                    .hasMessageContaining("404");
        }
    }

    /** The JDK's authorities do not know this server. */
    @Test
    void aServerOfAnotherAuthorityIsAskedNothing() throws Exception {
        S3Settings right = server.settings(bucket);
        S3Settings wrong = new S3Settings(
                right.endpoint(),
                right.region(),
                right.bucket(),
                right.prefix(),
                true,
                right.credentials(),
                null,
                right.spool(),
                right.timing());
        try (S3Place other = new S3Place(wrong, InstantSource.system())) {
            assertThatThrownBy(() -> other.list(""))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(PlaceException.class)
                    .hasMessageContaining("does not answer (SSLHandshakeException)");
        }
    }
}
