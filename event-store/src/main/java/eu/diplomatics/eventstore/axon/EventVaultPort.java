package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import java.util.List;
import java.util.UUID;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventstreaming.Tag;

/** Between Axon's messages and sealed events. What is inside a message passes here and nowhere else in the engine. */
public interface EventVaultPort {
    /**
     * Gives the events of one unit of work their {@link Placement}, encodes and seals them, on the caller's thread.
     * Their keys must be durable when this returns.
     */
    SealedUnit seal(List<TaggedEventMessage<?>> events);

    /** What was sealed was refused, because its key generation is over: the next {@link #seal} takes the one in force. */
    default void generationOver() {}

    /** Opens events of the log, in the same order. */
    List<EventMessage> open(List<StoredEvent> events);

    /**
     * The keyed digest of a tag that criteria ask for. Tags of streams never get here, and who tags events by nothing
     * else has no other.
     */
    default eu.diplomatics.eventstore.Tag tag(Tag tag) {
        throw new IllegalArgumentException("events carry no tag " + tag.key());
    }

    /** The stable name under which events of this type stand in the log; criteria ask by Axon's name. */
    default String type(QualifiedName name) {
        return name.fullName();
    }

    /**
     * What is appended together.
     *
     * @param command the client's id of the command, random where the client gave none
     */
    record SealedUnit(UUID command, List<SealedEvent> events) {}
}
