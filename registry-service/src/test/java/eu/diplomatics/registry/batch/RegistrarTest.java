package eu.diplomatics.registry.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.registry.batch.Registrar.Attempt;
import eu.diplomatics.registry.batch.Registrar.Registrable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The registrar")
class RegistrarTest {
    private final Registrar registrar = new Registrar();
    private final Attempt attempt = new Attempt();
    private final List<String> registered = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        registrar.close(Duration.ofSeconds(10));
    }

    private Registrable chunk(String name) {
        return () -> {
            registered.add(name);
            return List::of;
        };
    }

    private static Registrable failing() {
        return () -> {
            throw new IllegalStateException("broken");
        };
    }

    @Test
    void registers_in_the_order_it_was_told_whichever_is_prepared_first() throws Exception {
        CompletableFuture<Registrable> slow = new CompletableFuture<>();
        List<Future<Supplier<List<RowResult>>>> all = new ArrayList<>();
        all.add(registrar.register(attempt, slow));
        all.add(registrar.register(attempt, CompletableFuture.completedFuture(chunk("second"))));
        slow.complete(chunk("first"));
        for (Future<Supplier<List<RowResult>>> each : all) {
            assertThat(each.get().get()).isEmpty();
        }
        assertThat(registered).containsExactly("first", "second");
    }

    @Test
    void registers_nothing_of_a_job_behind_what_failed_and_goes_on_with_others() throws Exception {
        CompletableFuture<Registrable> first = new CompletableFuture<>();
        var failed = registrar.register(attempt, first);
        var behind = registrar.register(attempt, CompletableFuture.completedFuture(chunk("behind")));
        var other = registrar.register(new Attempt(), CompletableFuture.completedFuture(chunk("other")));
        first.complete(failing());

        assertThatThrownBy(failed::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(behind::get).hasCauseInstanceOf(Registrar.GivenUpException.class);
        assertThat(other.get().get()).isEmpty();
        assertThat(registered).containsExactly("other");
    }

    @Test
    void registers_nothing_behind_what_could_not_be_prepared() {
        var failed = registrar.register(attempt, CompletableFuture.failedFuture(new IllegalStateException("broken")));
        var behind = registrar.register(attempt, CompletableFuture.completedFuture(chunk("behind")));
        assertThatThrownBy(failed::get).hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(behind::get).hasCauseInstanceOf(Registrar.GivenUpException.class);
        assertThat(registered).isEmpty();
    }
}
