package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Enumeration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** R20: a file of 100,000 rows in bounded memory: the whole service has 384 MB of heap. */
class LargeFileTest {
    private static final int ROWS = 100_000;
    /** As a server runs: by the client compiler alone, 100,000 signatures take minutes. */
    private static final String BOTH_COMPILERS = "-XX:TieredStopAtLevel=4";

    @Test
    void a_file_of_100_000_rows_passes_through_384_megabytes_of_heap() {
        try (RegistryFixture fixture = RegistryFixture.prepared();
                RegistryProcess process = RegistryProcess.start(fixture, "384m", BOTH_COMPILERS)) {
            long begun = System.nanoTime();
            Batch batch = Batch.of(
                    process.client(),
                    Batch.send(
                            process.client(),
                            "application/x-ndjson",
                            UUID.randomUUID().toString(),
                            "",
                            BodyPublishers.ofInputStream(LargeFileTest::rows)));
            long received = System.nanoTime();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> batch.status().path("state").asString().equals("DONE"));
            long done = System.nanoTime();
            assertThat(batch.status().path("accepted").asInt()).isEqualTo(ROWS);
            assertThat(batch.client().get(batch.path() + "/results").text().lines())
                    .hasSize(ROWS);
            assertThat(process.isAlive()).isTrue();
            System.out.printf(
                    "100,000 rows: received in %d ms, done after %d ms, %d rows/s%n",
                    TimeUnit.NANOSECONDS.toMillis(received - begun),
                    TimeUnit.NANOSECONDS.toMillis(done - begun),
                    ROWS * 1_000L / TimeUnit.NANOSECONDS.toMillis(done - received));
        }
    }

    private static InputStream rows() {
        return new SequenceInputStream(new Enumeration<>() {
            private int next;

            @Override
            public boolean hasMoreElements() {
                return next < ROWS;
            }

            @Override
            public InputStream nextElement() {
                StringBuilder lines = new StringBuilder();
                for (int n = 0; n < 500; n++) {
                    lines.append(Samples.registration(Samples.reference(), Samples.insz(next++)))
                            .append('\n');
                }
                return new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8));
            }
        });
    }
}
