package eu.diplomatics.query.accesslog;

import eu.diplomatics.keyring.AccessIndexCheck;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Looks for a version of the index keys that is asked for, and for rows under old ones. */
final class AccessIndexWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessIndexWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(3);
    private static final Duration END = Duration.ofSeconds(30);

    private final AccessIndexCheck check;
    private final JdbcClient log;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("access-index-watch").factory());

    /** @param log as the sealer, who sees whether a version has rows and no pseudonym */
    AccessIndexWatch(AccessIndexCheck check, DataSource log) {
        this.check = check;
        this.log = JdbcClient.create(log);
    }

    void start() {
        every(LOOK, "looked for", check::look);
        every(END, "ended", this::end);
    }

    private void end() {
        check.end(version -> log.sql("SELECT accesslog.has_index_version(?)")
                .param(version)
                .query(Boolean.class)
                .single());
    }

    private void every(Duration interval, String done, Runnable work) {
        var unused = ticker.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        // anything thrown here would end the schedule
                        LOG.warn(
                                "versions of the access log's index key are not {}: {}",
                                done,
                                e.getClass().getSimpleName());
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
