package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.HolderLinkUndone;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.DomainEvent.HoldersSought;
import eu.diplomatics.qualification.DomainEvent.KeyRetired;
import eu.diplomatics.qualification.DomainEvent.LogResumed;
import eu.diplomatics.qualification.DomainEvent.PositionLost;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationReceived;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event's body as bytes: JSON of {@code {holder, event, metadata}} in UTF-8. Each type and version that was ever
 * written has a reader; when a shape changes, the old version's reader turns the old shape into the new record.
 */
public final class EventCodec {
    private final ObjectWriter writer;
    private final Map<TypeKey, ObjectReader> readers = new HashMap<>();

    public EventCodec() {
        JsonMapper mapper = JsonMapper.builder()
                .addModule(QualificationJson.module())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build();
        writer = mapper.writer();
        register(mapper, QualificationRegistered.class, "QualificationRegistered", 1);
        register(mapper, QualificationCorrected.class, "QualificationCorrected", 1);
        register(mapper, QualificationAnnulled.class, "QualificationAnnulled", 1);
        register(mapper, QualificationReinstated.class, "QualificationReinstated", 1);
        register(mapper, QualificationMoved.class, "QualificationMoved", 1);
        register(mapper, HolderIdentified.class, "HolderIdentified", 1);
        register(mapper, StreamShredded.class, StreamShredded.TYPE, 1);
        register(mapper, HolderLinked.class, "HolderLinked", 1);
        register(mapper, HolderLinkUndone.class, "HolderLinkUndone", 1);
        register(mapper, QualificationReceived.class, "QualificationReceived", 1);
        register(mapper, LogResumed.class, LogResumed.TYPE, 1);
        register(mapper, PositionLost.class, PositionLost.TYPE, 1);
        register(mapper, HoldersSought.class, "HoldersSought", 1);
        register(mapper, KeyRetired.class, KeyRetired.TYPE, 1);
    }

    private void register(JsonMapper mapper, Class<? extends DomainEvent> shape, String type, int typeVersion) {
        readers.put(
                new TypeKey(type, typeVersion),
                mapper.readerFor(mapper.getTypeFactory().constructParametricType(Body.class, shape)));
    }

    /** The bytes to seal; {@code holder} is the random id that also stands in the event's header. */
    public byte[] encode(UUID holder, DomainEvent event, EventMetadata metadata) {
        return writer.writeValueAsBytes(new Body<>(holder, event, metadata));
    }

    /**
     * Reads what {@link #encode} wrote, under the type and version of the event's header.
     *
     * @throws UnknownEventTypeException when this program does not know them
     * @throws UnreadableEventException when the body is not of that type
     */
    public Body<DomainEvent> decode(String type, int typeVersion, byte[] body) {
        ObjectReader reader = readers.get(new TypeKey(type, typeVersion));
        if (reader == null) {
            throw new UnknownEventTypeException(type, typeVersion);
        }
        try {
            return reader.readValue(body);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new UnreadableEventException(type, typeVersion);
        }
    }

    /** What an event's ciphertext holds. */
    public record Body<E extends DomainEvent>(UUID holder, E event, EventMetadata metadata) {
        public Body {
            Stream.of(holder, event, metadata).forEach(Objects::requireNonNull);
        }

        @Override
        public String toString() {
            return "Body[redacted]";
        }
    }

    private record TypeKey(String type, int typeVersion) {}
}
