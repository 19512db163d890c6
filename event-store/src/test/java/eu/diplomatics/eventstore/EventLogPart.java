package eu.diplomatics.eventstore;

import org.junit.jupiter.api.BeforeEach;

/** Each test of a part has a log and a reader of its own, which the implementation's suite opens. */
abstract class EventLogPart {
    private final EventLogSuite suite;
    EventLog log;
    EventReader reader;

    EventLogPart(EventLogSuite suite) {
        this.suite = suite;
    }

    @BeforeEach
    void openLogAndReader() {
        log = suite.openLog();
        reader = suite.openReader();
    }
}
