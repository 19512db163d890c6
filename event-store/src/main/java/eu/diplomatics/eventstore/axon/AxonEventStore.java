package eu.diplomatics.eventstore.axon;

import java.util.Set;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.messaging.core.Message;
import org.axonframework.messaging.eventstreaming.Tag;

/** Wires Axon onto the sealed log, without Spring. */
public final class AxonEventStore {
    private AxonEventStore() {}

    /**
     * A configurer whose event store is the engine. Its events are tagged with their stream by {@link Placement}; what
     * must be unique beyond that is claimed by conditions of the log, never by readable tags.
     *
     * <p>Nothing calls home: the module that would is left out of the build.
     */
    public static EventSourcingConfigurer configurer(SealedEventStorageEngine engine) {
        return EventSourcingConfigurer.create()
                .registerEventStorageEngine(configuration -> engine)
                .registerTagResolver(configuration -> AxonEventStore::streamTag);
    }

    /**
     * Whether a command failed because somebody else appended to what it had read: dispatch it again. Axon 5.0.1 does not
     * put commands on one entity in a sequence.
     */
    public static boolean isRejected(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AppendEventsTransactionRejectedException) {
                return true;
            }
        }
        return false;
    }

    private static Set<Tag> streamTag(Message event) {
        return Placement.of(event)
                .map(placement ->
                        Set.of(Tag.of(Placement.STREAM_TAG, placement.stream().toString())))
                .orElse(Set.of());
    }
}
