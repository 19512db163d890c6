package eu.diplomatics.eventstore;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A process that appends until it is killed, and prints each place once it is acknowledged. */
final class CrashingAppender {
    static final String URL = "APPENDER_URL";
    static final String USER = "APPENDER_USER";
    static final String PASSWORD = "APPENDER_PASSWORD";

    private CrashingAppender() {}

    public static void main(String[] arguments) {
        PrintStream out = System.out;
        String url = System.getenv(URL);
        String user = System.getenv(USER);
        String password = System.getenv(PASSWORD);
        if (url == null || user == null || password == null) {
            throw new IllegalArgumentException("the environment names no database");
        }
        EventLog log = PostgresEventLog.open(url, user, password, EventLogSettings.defaults());
        Deque<List<CompletableFuture<AppendOutcome>>> inFlight = new ArrayDeque<>();
        while (log.isReady()) {
            List<AppendUnit> units = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                UUID stream = UUID.randomUUID();
                units.add(Units.unit(Units.event(stream, 1), Units.event(stream, 2)));
            }
            inFlight.add(log.append(units));
            if (inFlight.size() > 3) {
                for (CompletableFuture<AppendOutcome> future : inFlight.remove()) {
                    for (EventPlace place : Units.places(Units.outcome(future))) {
                        out.println(place.position() + " " + place.stream() + " " + place.version());
                    }
                    out.flush();
                }
            }
        }
    }
}
