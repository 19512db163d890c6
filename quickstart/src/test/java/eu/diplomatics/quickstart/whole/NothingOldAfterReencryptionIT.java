package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.quickstart.whole.WholeRegistry.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R16, R17: after a re-encryption no old ciphertext lies in any file of databases, write-ahead log or Kafka. */
@DisplayName("After a re-encryption")
class NothingOldAfterReencryptionIT {
    private static final String SUPPLIER = "kuleuven";
    private static final String TITLE = "master in de wiskunde";
    private static final int PEOPLE = 150;
    private static final String SAMPLE =
            "SELECT ciphertext FROM eventstore.ciphertext_%d ORDER BY position %% 7, position LIMIT 120";

    @TempDir
    private Path folder;

    @Test
    void no_old_ciphertext_is_left_in_any_file_though_it_was_there_before() throws Exception {
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home")).start()) {
            long head = register(registry, 0);
            assertThat(registry.consult(People.insz(1), head).text()).contains(TITLE);
            ByteSearch search = new ByteSearch(sample(registry, 1));
            settle(registry);
            Set<String> places = places(registry, search);
            assertThat(places).as("where they lie before").contains("postgres-a", "kafka");

            rotate(registry);
            head = register(registry, 1_000);
            settle(registry);

            // Kafka deletes a file a moment after its topic
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(search.in(registry.layout().forgettable().stream()
                                    .filter(Files::exists)
                                    .toList()))
                            .isEmpty());
            assertThat(places(registry, new ByteSearch(sample(registry, 2))))
                    .as("the new ones are found by the same search")
                    .contains("postgres-a", "kafka");
            assertThat(registry.consult(People.insz(1), head).text()).contains(TITLE);
            assertThat(registry.consult(People.insz(1_001), head).text()).contains(TITLE);
        }
    }

    private static long register(WholeRegistry registry, int from) throws Exception {
        long position = 0;
        for (int person = from; person < from + PEOPLE; person++) {
            Answer answer = registry.register(SUPPLIER, People.withNumber("R-" + person, People.insz(person), TITLE));
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            position = answer.json().path("position").asLong();
        }
        return position;
    }

    private static void rotate(WholeRegistry registry) throws Exception {
        Answer begun = registry.asController("POST", "/v1/keys/operations", "{\"kind\":\"data-keys\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        String operation = "/v1/keys/operations/" + begun.json().path("id").asString();
        String state = await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .until(
                        () -> registry.asController("GET", operation, "")
                                .json()
                                .path("state")
                                .asString(),
                        Set.of("DONE", "FAILED")::contains);
        assertThat(state).isEqualTo("DONE");
    }

    private static List<byte[]> sample(WholeRegistry registry, int generation) throws SQLException {
        List<byte[]> sample = new ArrayList<>();
        try (Connection connection = registry.superuserAtA("eventstore");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SAMPLE.formatted(generation))) {
            while (rows.next()) {
                sample.add(rows.getBytes(1));
            }
        }
        assertThat(sample).hasSizeGreaterThanOrEqualTo(100);
        return sample;
    }

    /** What the next checkpoints bring about anyway: changed pages written, log segments of before removed. */
    private static void settle(WholeRegistry registry) throws SQLException {
        try (Connection connection = registry.superuserAtA("postgres");
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 2; i++) {
                statement.execute("SELECT pg_switch_wal()");
                statement.execute("CHECKPOINT");
            }
        }
    }

    private static Set<String> places(WholeRegistry registry, ByteSearch search) throws Exception {
        return search.in(List.of(registry.layout().data())).stream()
                .map(file ->
                        registry.layout().data().relativize(file).getName(0).toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
