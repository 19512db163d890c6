package eu.diplomatics.query.shipping;

import eu.diplomatics.query.shipping.LogToShip.Waiting;
import eu.diplomatics.query.shipping.ShippingState.Delay;
import eu.diplomatics.query.shipping.ShippingState.Trouble;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** Ships at its interval, for ever; whatever fails is tried again, so that it goes on by itself once that is mended. */
final class Shipper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
    private static final Marker ALARM = MarkerFactory.getMarker("ALARM");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final Shipping shipping;
    private final Settings settings;
    private final InstantSource clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("access-log-shipper").unstarted(this::run);
    private volatile Look look;
    private volatile Trouble trouble = Trouble.NONE;
    private Delay told = Delay.NONE;

    /**
     * When to ship, and what is late.
     *
     * @param interval between two looks
     * @param late age of a row that is an alarm
     * @param tooLate age of a row with which the service is not ready
     * @param mostRows so many that wait are too late too, whatever their age
     */
    record Settings(Duration interval, Duration late, Duration tooLate, long mostRows) {}

    /** What waited, and when that was seen. */
    private record Look(Waiting waiting, Instant at) {}

    Shipper(Shipping shipping, Settings settings, InstantSource clock) {
        this.shipping = shipping;
        this.settings = settings;
        this.clock = clock;
        this.look = new Look(new Waiting(0, 0, Duration.ZERO), clock.instant());
    }

    void start() {
        thread.start();
    }

    /** How far shipping is by now. Where nobody could look for a while, rows count as waiting since then. */
    ShippingState state() {
        Look last = look;
        Duration since = Duration.between(last.at(), clock.instant());
        Waiting waiting = last.waiting();
        boolean stale = since.compareTo(settings.late()) > 0;
        Duration age = waiting.rows() > 0 || stale ? waiting.age().plus(since) : Duration.ZERO;
        Delay delay = age.compareTo(settings.tooLate()) > 0 || waiting.rows() > settings.mostRows()
                ? Delay.TOO_LATE
                : age.compareTo(settings.late()) > 0 ? Delay.LATE : Delay.NONE;
        return new ShippingState(waiting.shipped(), waiting.rows(), age, delay, trouble);
    }

    private void run() {
        try {
            do {
                round();
            } while (!stop.await(settings.interval().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ships all there is, and tells what is late. */
    void round() {
        shipAll();
        tellDelay();
    }

    private void shipAll() {
        Trouble met = Trouble.NONE;
        try {
            look();
            boolean more = true;
            while (more && stop.getCount() > 0) {
                more = shipping.ship();
                look();
            }
        } catch (ShippingException e) {
            met = switch (e.reason()) {
                case CONTRADICTED -> Trouble.CONTRADICTED;
                case LOG_CUT -> Trouble.LOG_CUT;
                case LOG_GAP -> Trouble.LOG_GAP;
            };
            if (trouble != met) {
                LOG.error(ALARM, "ALARM LOG_NOT_SHIPPED: {}: {}; nothing is shipped", met, e.getMessage());
            }
        } catch (SQLException e) {
            met = Trouble.UNREACHABLE;
            if (trouble != met) {
                LOG.warn("shipping of the access log was interrupted: SQLSTATE {}", e.getSQLState());
            }
        } catch (RuntimeException e) {
            // anything thrown here would end the thread
            met = Trouble.FAILED;
            LOG.error("shipping of the access log failed: {}", e.getClass().getName());
        }
        if (met == Trouble.NONE && trouble != met) {
            LOG.warn("shipping of the access log goes on");
        }
        trouble = met;
    }

    private void look() throws SQLException {
        look = new Look(shipping.waiting(), clock.instant());
    }

    private void tellDelay() {
        ShippingState state = state();
        if (state.delay().compareTo(told) > 0) {
            LOG.error(
                    ALARM,
                    "ALARM SHIPPING_DELAY: {} rows of the access log wait for the controller's database, after position {}",
                    state.waiting(),
                    state.shipped());
        }
        told = state.delay();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
        try {
            if (thread.isAlive() && !thread.join(STOP_LIMIT)) {
                LOG.warn("the shipper of the access log does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
