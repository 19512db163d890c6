package eu.diplomatics.eventstore;

import java.util.List;
import java.util.UUID;

/**
 * Events that are appended together or not at all. Of several units offered together that hold the same object as an event
 * the first brings it for all, or the later ones clash.
 *
 * @param command the client's id of the command: a unit with a known command is answered with what was appended then
 * @param tagged for which versions of the reference key its tags were made; without meaning where it has none
 */
public record AppendUnit(UUID command, List<SealedEvent> events, List<Condition> conditions, TagEpoch tagged) {
    /** Without tags, or with tags of a key that never rotated. */
    public AppendUnit(UUID command, List<SealedEvent> events, List<Condition> conditions) {
        this(command, events, conditions, TagEpoch.FIRST);
    }

    /** 0 where it neither has nor asks for a tag. */
    long tagEpoch() {
        for (SealedEvent event : events) {
            if (!event.tags().isEmpty()) {
                return tagged.epoch();
            }
        }
        for (Condition condition : conditions) {
            for (Tag tag : condition.tags()) {
                if (!tag.isStream()) {
                    return tagged.epoch();
                }
            }
        }
        return 0;
    }
}
