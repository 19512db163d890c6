package eu.diplomatics.eventstore;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The read side of the log, by a role that can only select. All throw {@link LogUnavailableException}. */
public interface EventReader {
    /** The highest position and its time; position 0 for an empty log. */
    Head head();

    /**
     * The next events after {@code position}, in order, without gaps: at most {@code limit}, and fewer when they are large.
     * Only an empty page is the end; go on from the last position of any other.
     */
    List<StoredEvent> after(long position, int limit);

    /** All events of a stream in order of version; empty when it is unknown. */
    List<StoredEvent> stream(UUID stream);

    /** All events of several streams; a stream without events is absent. */
    Map<UUID, List<StoredEvent>> streams(Collection<UUID> streams);

    /** All streams with events about these holders. */
    Map<UUID, List<StoredEvent>> holders(Collection<UUID> holders);

    /** For each tag that is known, the first event that carries it. */
    Map<Tag, EventPlace> firstWith(Collection<Tag> tags);

    /** For each command that is known, where its events stand. */
    Map<UUID, List<EventPlace>> commands(Collection<UUID> commands);

    /**
     * The next events, in order, that match at least one of the criteria: after its position, with all of its tags and
     * one of its types. A page as of {@link #after}: only an empty one is the end.
     */
    List<StoredEvent> matching(Collection<Condition> criteria, int limit);

    /** Where events of these types stand, behind {@code after} and up to {@code upTo}, in order; no contents are read. */
    List<Occurrence> occurrences(long after, long upTo, Collection<String> types);

    /**
     * An event by its header.
     *
     * @param holder whom its stream was filed under; of a qualification that was moved since, not whose it is
     */
    record Occurrence(String type, UUID holder, EventPlace place) {}

    /** The highest position recorded at or before {@code instant}; 0 when there is none. */
    long positionAt(Instant instant);

    /** Position and time of the log's head. */
    record Head(long position, Instant recordedAt) {}
}
