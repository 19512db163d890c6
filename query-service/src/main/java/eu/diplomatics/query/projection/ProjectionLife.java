package eu.diplomatics.query.projection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts and stops what keeps the projection: the projector, the repair of parked streams, the drift check. */
final class ProjectionLife implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionLife.class);
    private static final int REPAIR_SECONDS = 1;
    private static final int GENERATION_SECONDS = 3;
    private static final int DRIFT_SECONDS = 60;

    private final Projector projector;
    private final ParkedStreams parked;
    private final DriftCheck drift;
    private final Rebuild rebuild;
    private final GenerationWatch generation;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            3, Thread.ofPlatform().daemon().name("projection-timer-", 0).factory());
    private final ExecutorService rebuilds = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("projection-rebuild").factory());
    private final Thread thread;
    private volatile boolean running;

    ProjectionLife(
            Projector projector, ParkedStreams parked, DriftCheck drift, Rebuild rebuild, GenerationWatch generation) {
        this.generation = generation;
        this.projector = projector;
        this.parked = parked;
        this.drift = drift;
        this.rebuild = rebuild;
        this.thread = Thread.ofPlatform().daemon().name("projector").unstarted(projector);
    }

    @Override
    public void start() {
        running = true;
        guarded("promise of keys", generation::resume).run();
        Runnable watch = guarded("key generation", () -> generation.check(this::rebuildForGeneration));
        watch.run();
        timer.scheduleWithFixedDelay(watch, GENERATION_SECONDS, GENERATION_SECONDS, TimeUnit.SECONDS);
        thread.start();
        timer.scheduleWithFixedDelay(guarded("repair", parked::repairDue), 1, REPAIR_SECONDS, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(guarded("drift check", drift::minute), 10, DRIFT_SECONDS, TimeUnit.SECONDS);
    }

    private static Runnable guarded(String name, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.warn("{} not done: {}", name, e.getClass().getName());
            }
        };
    }

    private void rebuildForGeneration() {
        if (!rebuild.isRunning()) {
            LOG.info("rebuilding the projection under the new key generation");
            rebuild().whenComplete((position, failure) -> {
                if (failure != null) {
                    LOG.warn("rebuild not done: {}", failure.getClass().getName());
                }
            });
        }
    }

    /** Rebuilds in the background. */
    CompletableFuture<Long> rebuild() {
        return CompletableFuture.supplyAsync(rebuild::run, rebuilds);
    }

    @Override
    public void stop() {
        running = false;
        projector.stop();
        timer.shutdownNow();
        rebuilds.shutdownNow();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                LOG.warn("projector did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
