package eu.diplomatics.query.grouping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GroupedTest {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final Queue<List<Integer>> goes = new ConcurrentLinkedQueue<>();
    private final CountDownLatch firstMayEnd = new CountDownLatch(1);

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "1, 4, 0", "2, 32, 0", "2, 32, 1", "3, 5, 1"})
    void each_of_many_gets_its_own_answer_and_no_go_is_larger_than_allowed(int atOnce, int most, int patienceMillis)
            throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        Queue<Integer> seenAtOnce = new ConcurrentLinkedQueue<>();
        Grouped<Integer, String> grouped = new Grouped<>(atOnce, most, Duration.ofMillis(patienceMillis), inputs -> {
            seenAtOnce.add(underWay.incrementAndGet());
            goes.add(inputs);
            List<String> answers = inputs.stream().map(String::valueOf).toList();
            underWay.decrementAndGet();
            return answers;
        });
        try (ExecutorService callers = Executors.newFixedThreadPool(24)) {
            List<Future<Void>> done = new ArrayList<>();
            for (int caller = 0; caller < 24; caller++) {
                int first = caller * 200;
                done.add(callers.submit(() -> {
                    for (int i = first; i < first + 200; i++) {
                        assertThat(grouped.ask(i)).isEqualTo(Integer.toString(i));
                    }
                    return null;
                }));
            }
            for (Future<Void> caller : done) {
                caller.get();
            }
        }
        assertThat(goes).allSatisfy(go -> assertThat(go).hasSizeBetween(1, most));
        assertThat(goes.stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 24 * 200).boxed().toList());
        assertThat(seenAtOnce).allSatisfy(seen -> assertThat(seen).isLessThanOrEqualTo(atOnce));
    }

    @Test
    void a_lone_caller_waits_for_nobody() {
        Grouped<Integer, Integer> grouped = new Grouped<>(1, 32, FOR_EVER, List::copyOf);

        assertThat(List.of(grouped.ask(1), grouped.ask(2), grouped.ask(3))).containsExactly(1, 2, 3);
    }

    @Test
    void those_who_come_while_one_is_under_way_go_together() throws Exception {
        Grouped<Integer, Integer> grouped = new Grouped<>(1, 32, Duration.ZERO, this::held);
        try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> answers = oneThenFiveWaiting(grouped, callers);
            firstMayEnd.countDown();
            for (int i = 0; i < 6; i++) {
                assertThat(answers.get(i).get()).isEqualTo(i);
            }
        }
        assertThat(goes.stream().map(List::size)).containsExactly(1, 5);
    }

    @Test
    void a_go_waits_for_as_many_as_came_last_time_and_not_longer() throws Exception {
        Grouped<Integer, Integer> grouped = new Grouped<>(1, 32, FOR_EVER, this::held);
        try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> answers = oneThenFiveWaiting(grouped, callers);
            firstMayEnd.countDown();
            for (Future<Integer> answer : answers) {
                answer.get();
            }
            List<Future<Integer>> again = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int input = i;
                again.add(callers.submit(() -> grouped.ask(input)));
            }
            await().until(() -> grouped.waiting() == 4);
            assertThat(goes).as("the fifth is waited for").hasSize(2);
            again.add(callers.submit(() -> grouped.ask(4)));
            for (Future<Integer> answer : again) {
                answer.get();
            }
        }
        assertThat(goes.stream().map(List::size)).containsExactly(1, 5, 5);
    }

    @Test
    void who_does_not_come_again_is_waited_for_once_and_only_that_long() throws Exception {
        Grouped<Integer, Integer> grouped = new Grouped<>(1, 32, Duration.ofMillis(20), this::held);
        try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> answers = oneThenFiveWaiting(grouped, callers);
            firstMayEnd.countDown();
            for (Future<Integer> answer : answers) {
                answer.get();
            }
        }
        assertThat(grouped.ask(7)).isEqualTo(7);
        assertThat(goes.stream().map(List::size)).containsExactly(1, 5, 1);
    }

    @Test
    void a_failure_reaches_all_of_its_go_and_nobody_else() throws Exception {
        Grouped<Integer, Integer> grouped = new Grouped<>(1, 32, Duration.ZERO, inputs -> {
            List<Integer> answers = held(inputs);
            if (inputs.size() > 1) {
                throw new IllegalArgumentException("no");
            }
            return answers;
        });
        try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> answers = oneThenFiveWaiting(grouped, callers);
            firstMayEnd.countDown();
            assertThat(answers.getFirst().get()).isZero();
            for (Future<Integer> answer : answers.subList(1, 6)) {
                assertThatThrownBy(answer::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(grouped.ask(9)).isEqualTo(9);
    }

    @Test
    void an_error_in_the_work_leaves_nobody_waiting() throws Exception {
        Grouped<Integer, Integer> grouped = new Grouped<>(1, 32, Duration.ZERO, inputs -> {
            held(inputs);
            throw new StackOverflowError();
        });
        try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> answers = oneThenFiveWaiting(grouped, callers);
            firstMayEnd.countDown();
            for (Future<Integer> answer : answers) {
                assertThatThrownBy(answer::get).isInstanceOf(ExecutionException.class);
            }
        }
    }

    /** The first go lasts until it is let go. */
    private List<Integer> held(List<Integer> inputs) {
        boolean first = goes.isEmpty();
        goes.add(inputs);
        if (first) {
            try {
                firstMayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return inputs;
    }

    private List<Future<Integer>> oneThenFiveWaiting(Grouped<Integer, Integer> grouped, ExecutorService callers) {
        List<Future<Integer>> answers = new ArrayList<>();
        answers.add(callers.submit(() -> grouped.ask(0)));
        await().until(() -> goes.size() == 1);
        for (int i = 1; i < 6; i++) {
            int input = i;
            answers.add(callers.submit(() -> grouped.ask(input)));
        }
        await().until(() -> grouped.waiting() == 5);
        return answers;
    }
}
