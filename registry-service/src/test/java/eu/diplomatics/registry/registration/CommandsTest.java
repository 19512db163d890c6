package eu.diplomatics.registry.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.LogUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CommandsTest {
    @Test
    void an_outcome_that_does_not_come_is_told_as_unknown_instead_of_waited_for() {
        assertThatThrownBy(() -> Commands.await(new CompletableFuture<>(), Duration.ofMillis(10)))
                .isInstanceOf(LogUnavailableException.class);
        assertThatThrownBy(() -> Commands.await(
                        CompletableFuture.failedFuture(new LogUnavailableException("gone")), Duration.ofSeconds(1)))
                .isInstanceOf(LogUnavailableException.class);
        assertThat(Commands.await(CompletableFuture.completedFuture("there"), Duration.ofSeconds(1)))
                .isEqualTo("there");
    }
}
