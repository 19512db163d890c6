package eu.diplomatics.eventstore;

import org.junit.jupiter.api.Nested;

/**
 * What every log owes its callers, beyond what Axon's suite asks of a storage engine. An implementation extends this and
 * is held against all parts.
 */
public abstract class EventLogSuite {
    protected abstract EventLog openLog();

    protected abstract EventReader openReader();

    @Nested
    class Appending extends AppendingPart {
        Appending() {
            super(EventLogSuite.this);
        }
    }

    @Nested
    class Versions extends VersionsPart {
        Versions() {
            super(EventLogSuite.this);
        }
    }

    @Nested
    class EventsNeededOnce extends EventsNeededOncePart {
        EventsNeededOnce() {
            super(EventLogSuite.this);
        }
    }

    @Nested
    class Conditions extends ConditionsPart {
        Conditions() {
            super(EventLogSuite.this);
        }
    }

    @Nested
    class Reading extends ReadingPart {
        Reading() {
            super(EventLogSuite.this);
        }
    }

    @Nested
    class UnderConcurrency extends ConcurrencyPart {
        UnderConcurrency() {
            super(EventLogSuite.this);
        }
    }
}
