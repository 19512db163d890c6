package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SideBySideTest {
    @Test
    void all_steps_are_done_when_it_returns() throws Exception {
        AtomicInteger done = new AtomicInteger();
        SideBySide.run(2, List.of(done::incrementAndGet, done::incrementAndGet, done::incrementAndGet));
        assertThat(done).hasValue(3);
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void when_one_fails_the_others_are_interrupted_also_those_before_it_in_the_list() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        SideBySide.Step waiting = () -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        };
        SideBySide.Step failing = () -> {
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            throw new StartFailedException("the second one");
        };
        assertThatThrownBy(() -> SideBySide.run(List.of(waiting, failing)))
                .isInstanceOf(StartFailedException.class)
                .hasMessage("the second one");
        assertThat(interrupted.getCount()).isZero();
    }
}
