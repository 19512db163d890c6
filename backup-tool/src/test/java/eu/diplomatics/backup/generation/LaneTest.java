package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is given to a lane is done in its order, or somebody is told that it was not. */
@Timeout(30)
class LaneTest {
    private final List<Integer> done = Collections.synchronizedList(new ArrayList<>());

    @Test
    void allIsDoneInItsOrderByOneThreadThatIsNotWhoGaveIt() throws Exception {
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        try (Lane lane = Lane.beside("test", 2)) {
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                lane.give(() -> {
                    threads.add(Thread.currentThread());
                    done.add(number);
                });
            }
            lane.finish();
            assertThat(done).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
        }
        assertThat(threads).doesNotContain(Thread.currentThread()).containsOnly(threads.getFirst());
        assertThat(threads.getFirst().isAlive()).isFalse();
    }

    @Test
    void afterAFailureNothingIsDoneAndWhoGivesMoreOrWaitsIsTold() throws Exception {
        CountDownLatch failing = new CountDownLatch(1);
        try (Lane lane = Lane.beside("test", 4)) {
            lane.give(() -> {
                await(failing);
                throw new IOException("no room");
            });
            lane.give(() -> done.add(1));
            failing.countDown();

            assertThatThrownBy(lane::finish).isInstanceOf(IOException.class).hasMessage("no room");
            assertThatThrownBy(() -> lane.give(() -> done.add(2))).hasMessage("no room");
        }
        assertThat(done).isEmpty();
    }

    @Test
    void whatWasGivenAndNotDoneIsLeftWhenItIsClosed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Lane lane = Lane.beside("test", 4);
        lane.give(() -> {
            begun.countDown();
            await(goOn);
            done.add(1);
        });
        lane.give(() -> done.add(2));
        await(begun);
        Thread closing = Thread.ofPlatform().start(lane::close);
        goOn.countDown();
        closing.join();

        assertThat(done).first().isEqualTo(1);
        assertThat(done).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void whatIsDoneHereIsDoneAtOnce() throws Exception {
        try (Lane lane = Lane.here()) {
            lane.give(() -> done.add(1));
            assertThat(done).containsExactly(1);
            assertThatThrownBy(() -> lane.give(() -> {
                        throw new IOException("no room");
                    }))
                    .hasMessage("no room");
            lane.finish();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
