package eu.diplomatics.query.notice;

import eu.diplomatics.query.accesslog.NoticeLedger;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for what is to be told, again and again, and shows how long agencies have left it unacknowledged. */
final class NoticeLife implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeLife.class);
    /** Enough to tell feeds apart. */
    private static final int SHOWN_BYTES = 6;

    private final NoticeMaker maker;
    private final NoticeLedger ledger;
    private final Duration every;
    private final InstantSource clock;
    private final MultiGauge waiting;
    private final MultiGauge oldest;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("notices").factory());
    private volatile Instant done;
    private volatile int broken;

    NoticeLife(NoticeMaker maker, NoticeLedger ledger, Duration every, InstantSource clock, MeterRegistry metrics) {
        this.maker = maker;
        this.ledger = ledger;
        this.every = every;
        this.clock = clock;
        this.done = clock.instant();
        this.waiting = MultiGauge.builder("diplomatics.notices.waiting")
                .description("notices that an agency did not acknowledge, by the pseudonym of its feed")
                .register(metrics);
        this.oldest = MultiGauge.builder("diplomatics.notices.oldest")
                .description("age of the oldest of them")
                .baseUnit("seconds")
                .register(metrics);
        Gauge.builder("diplomatics.notices.late", this, NoticeLife::secondsSinceDone)
                .description("time since all notices that were due had been written: an alarm when it grows")
                .baseUnit("seconds")
                .register(metrics);
        Gauge.builder("diplomatics.notices.broken", this, life -> life.broken)
                .description("notices that cannot be written, because they are not what was sealed: an alarm")
                .register(metrics);
    }

    void start() {
        var unused = ticker.scheduleWithFixedDelay(this::tick, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            broken = maker.round();
            show(ledger.waiting());
            done = clock.instant();
        } catch (RuntimeException e) {
            // anything thrown here would end the schedule
            LOG.warn("notices are not written: {}", e.getClass().getSimpleName());
        }
    }

    private void show(List<NoticeLedger.Waiting> feeds) {
        Instant now = clock.instant();
        waiting.register(
                feeds.stream()
                        .map(feed -> MultiGauge.Row.of(shown(feed), feed.notices()))
                        .toList(),
                true);
        oldest.register(
                feeds.stream()
                        .map(feed -> MultiGauge.Row.of(
                                shown(feed),
                                Duration.between(feed.oldest(), now).toSeconds()))
                        .toList(),
                true);
    }

    private static Tags shown(NoticeLedger.Waiting feed) {
        return Tags.of("feed", HexFormat.of().formatHex(feed.feed(), 1, 1 + SHOWN_BYTES));
    }

    private double secondsSinceDone() {
        return Duration.between(done, clock.instant()).toSeconds();
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
