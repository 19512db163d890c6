package eu.diplomatics.registry.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClaimsInFlightTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private final ClaimsInFlight claims = new ClaimsInFlight();

    @Test
    void what_is_under_way_is_waited_for_and_each_time_counts() {
        assertThat(claims.drain(SHORT)).isTrue();
        assertThat(claims.drained()).isEqualTo(1);
        try (ClaimsInFlight.Turn turn = claims.enter()) {
            assertThat(claims.drain(SHORT)).isFalse();
            assertThat(claims.drained()).isEqualTo(1);
        }
        assertThat(claims.drain(SHORT)).isTrue();
        assertThat(claims.drained()).isEqualTo(2);
    }

    @Test
    void an_append_whose_turn_has_ended_is_waited_for_until_it_has_come_to_something() {
        CompletableFuture<String> appended = new CompletableFuture<>();
        CompletableFuture<String> failed = new CompletableFuture<>();
        try (ClaimsInFlight.Turn turn = claims.enter()) {
            claims.until(appended);
            claims.until(failed);
        }
        assertThat(claims.drain(SHORT)).isFalse();
        appended.complete("there");
        assertThat(claims.drain(SHORT)).isFalse();
        failed.completeExceptionally(new IllegalStateException("gone"));
        assertThat(claims.drain(SHORT)).isTrue();
    }

    @Test
    void who_is_told_to_stop_while_waiting_has_waited_for_nothing() {
        try (ClaimsInFlight.Turn turn = claims.enter()) {
            Thread.currentThread().interrupt();
            assertThat(claims.drain(Duration.ofMinutes(1))).isFalse();
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(claims.drained()).isZero();
    }
}
