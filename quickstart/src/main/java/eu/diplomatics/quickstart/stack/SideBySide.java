package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Steps that need not wait for each other. */
final class SideBySide {
    private SideBySide() {}

    @FunctionalInterface
    interface Step {
        void run() throws IOException, InterruptedException;
    }

    /** All at the same time. */
    static void run(List<Step> steps) throws IOException, InterruptedException {
        run(steps.size(), steps);
    }

    /** So many at a time. When one fails the others are interrupted, and the failure is thrown. */
    static void run(int atATime, List<Step> steps) throws IOException, InterruptedException {
        try (ExecutorService executor = Executors.newFixedThreadPool(atATime)) {
            ExecutorCompletionService<Void> ending = new ExecutorCompletionService<>(executor);
            List<Future<Void>> begun = new ArrayList<>();
            for (Step step : steps) {
                begun.add(ending.submit(() -> {
                    step.run();
                    return null;
                }));
            }
            try {
                for (int ended = 0; ended < begun.size(); ended++) {
                    await(ending.take());
                }
            } finally {
                begun.forEach(step -> step.cancel(true));
            }
        }
    }

    private static void await(Future<Void> step) throws IOException, InterruptedException {
        try {
            step.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case StartFailedException failed -> throw failed;
                case IOException failed -> throw failed;
                case null, default -> throw new IllegalStateException("a part could not be started", e);
            }
        }
    }
}
