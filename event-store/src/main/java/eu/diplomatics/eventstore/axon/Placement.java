package eu.diplomatics.eventstore.axon;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.axonframework.messaging.core.Message;
import org.axonframework.messaging.core.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Where an event goes, as its command handler decided: reserved metadata of the message, never part of the sealed body.
 *
 * @param version the version the stream had when it was sourced, plus one
 * @param command the client's id of the command, the same for all events of a unit of work
 */
public record Placement(UUID stream, long version, UUID holder, UUID command) {
    public static final String STREAM = "diplomatics.stream";
    public static final String VERSION = "diplomatics.version";
    public static final String HOLDER = "diplomatics.holder";
    public static final String COMMAND = "diplomatics.command";

    private static final Set<String> KEYS = Set.of(STREAM, VERSION, HOLDER, COMMAND);

    /** The name of the tag that stands for a whole stream; its value is the stream's id. */
    public static final String STREAM_TAG = "stream";

    /** Empty when the message carries none of the reserved keys. */
    public static Optional<Placement> of(Message message) {
        Metadata metadata = message.metadata();
        if (KEYS.stream().noneMatch(metadata::containsKey)) {
            return Optional.empty();
        }
        return Optional.of(new Placement(
                UUID.fromString(value(metadata, STREAM)),
                Long.parseLong(value(metadata, VERSION)),
                UUID.fromString(value(metadata, HOLDER)),
                UUID.fromString(value(metadata, COMMAND))));
    }

    private static String value(Metadata metadata, String key) {
        @Nullable String value = metadata.get(key);
        if (value == null) {
            throw new IllegalArgumentException("an event is placed by all of the reserved keys; missing: " + key);
        }
        return value;
    }

    /** To be merged into the metadata of the event that goes there. */
    public Map<String, String> asMetadata() {
        return Map.of(
                STREAM, stream.toString(),
                VERSION, Long.toString(version),
                HOLDER, holder.toString(),
                COMMAND, command.toString());
    }

    /** What is left of the metadata, to be sealed with the event. */
    public static Metadata without(Metadata metadata) {
        return metadata.withoutKeys(KEYS);
    }
}
