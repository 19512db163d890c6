package eu.diplomatics.eventstore;

import eu.diplomatics.eventstore.AppendQueue.Waiting;
import eu.diplomatics.eventstore.WriterSession.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Completes callers' futures, off the writer's thread, and a caller slow with its answers holds up no other. */
final class Answers {
    private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();

    private interface Range {
        void accept(int from, int to);
    }

    /** {@code firstHead}: a known command beyond it was appended by an earlier attempt of this very batch. */
    void complete(List<Waiting> batch, List<Verdict> verdicts, long firstHead) {
        List<AppendOutcome> outcomes = new ArrayList<>(verdicts.size());
        for (Verdict verdict : verdicts) {
            outcomes.add(outcome(verdict, firstHead));
        }
        byCall(batch, (from, to) -> {
            for (int i = from; i < to; i++) {
                batch.get(i).future().complete(outcomes.get(i));
            }
        });
    }

    private static AppendOutcome outcome(Verdict verdict, long firstHead) {
        List<EventPlace> places = verdict.places();
        return switch (verdict.kind()) {
            case APPENDED -> new AppendOutcome.Appended(places);
            case KNOWN ->
                !places.isEmpty() && places.getFirst().position() > firstHead
                        ? new AppendOutcome.Appended(places)
                        : new AppendOutcome.AppendedBefore(places);
            case CLASHED -> new AppendOutcome.Clashed();
        };
    }

    void fail(List<Waiting> batch, RuntimeException reason) {
        byCall(batch, (from, to) -> {
            for (Waiting waiting : batch.subList(from, to)) {
                waiting.future().completeExceptionally(reason);
            }
        });
    }

    /** One task for the units of one call. */
    private void byCall(List<Waiting> batch, Range completion) {
        int from = 0;
        for (int to = 1; to <= batch.size(); to++) {
            if (to == batch.size() || batch.get(to).call() != batch.get(from).call()) {
                int start = from;
                int end = to;
                execute(() -> completion.accept(start, end));
                from = to;
            }
        }
    }

    private void execute(Runnable completion) {
        try {
            callbacks.execute(completion);
        } catch (RejectedExecutionException e) {
            completion.run(); // the log is closed: no others are left whom a slow caller could hold up
        }
    }

    /** False when some callers are still busy with their answers. */
    boolean close(Duration timeout) throws InterruptedException {
        callbacks.shutdown();
        return callbacks.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
