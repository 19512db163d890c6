package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** L09: an outage costs a batch what it costs one question. */
class OutageTest {
    private static final int NUMBERS = 40;
    /** Half of what it would take if each number waited for a connection, two seconds, by itself. */
    private static final Duration BOUND = Duration.ofSeconds(NUMBERS);

    @Test
    void withProjectionAndStoreDownABatchIsRefusedWithinSeconds() {
        try (PostgresInstance records = TestServices.dedicatedPostgres();
                QueryFixture fixture = new QueryFixture(
                        TestServices.kafka(), Map.of(Database.QUERY, records, Database.EVENTSTORE, records))) {
            String numbers = IntStream.range(0, NUMBERS)
                    .mapToObj(i -> Examples.insz(40_000 + i))
                    .peek(insz -> fixture.registry().register(insz))
                    .map(Insz::digits)
                    .collect(Collectors.joining("\",\"", "{\"insz\":[\"", "\"]}"));
            fixture.relay().publishAll();
            try (RunningQuery query = fixture.start()) {
                assertThat(query.post("/v1/consultations/batch", numbers, RunningQuery.agency())
                                .status())
                        .isEqualTo(200);
                records.kill();
                Instant asked = Instant.now();

                Answer answer = query.post("/v1/consultations/batch", numbers, RunningQuery.agency());

                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("STORE_UNAVAILABLE");
                assertThat(answer.header("Retry-After")).isNotEmpty();
                assertThat(Duration.between(asked, Instant.now())).isLessThan(BOUND);
            } finally {
                records.restart();
            }
        }
    }
}
