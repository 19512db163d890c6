package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.HolderLinkUndone;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.DomainEvent.HoldersSought;
import eu.diplomatics.qualification.DomainEvent.InstitutionListed;
import eu.diplomatics.qualification.DomainEvent.KeyRetired;
import eu.diplomatics.qualification.DomainEvent.LogResumed;
import eu.diplomatics.qualification.DomainEvent.MandateGranted;
import eu.diplomatics.qualification.DomainEvent.MandateWithdrawn;
import eu.diplomatics.qualification.DomainEvent.PositionLost;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationReceived;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import eu.diplomatics.qualification.DomainEvent.SupplierAdmitted;
import eu.diplomatics.qualification.DomainEvent.SupplierWithdrawn;
import eu.diplomatics.qualification.DomainEvent.TaxonomyEntryListed;
import eu.diplomatics.qualification.RecordReader.MismatchException;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event's body as bytes: JSON of {@code {holder, event, metadata}} in UTF-8. Each type and version that was ever
 * written has a reader; when a shape changes, the old version's reader turns the old shape into the new record.
 */
public final class EventCodec {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();

    private final ObjectWriter writer;
    private final RecordReader<EventMetadata> metadata = new RecordReader<>(EventMetadata.class);
    private final Map<TypeKey, RecordReader<? extends DomainEvent>> readers = new HashMap<>();
    private final Map<String, Class<? extends DomainEvent>> shapes = new HashMap<>();

    public EventCodec() {
        writer = JsonMapper.builder()
                .addModule(QualificationJson.module())
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build()
                .writer();
        register(QualificationRegistered.class, "QualificationRegistered", 1);
        register(QualificationCorrected.class, "QualificationCorrected", 1);
        register(QualificationAnnulled.class, "QualificationAnnulled", 1);
        register(QualificationReinstated.class, "QualificationReinstated", 1);
        register(QualificationMoved.class, "QualificationMoved", 1);
        register(QualificationDisputed.class, QualificationDisputed.TYPE, 1);
        register(DisputeSettled.class, DisputeSettled.TYPE, 1);
        register(HolderIdentified.class, "HolderIdentified", 1);
        register(StreamShredded.class, StreamShredded.TYPE, 1);
        register(HolderLinked.class, "HolderLinked", 1);
        register(HolderLinkUndone.class, "HolderLinkUndone", 1);
        register(QualificationReceived.class, "QualificationReceived", 1);
        register(LogResumed.class, LogResumed.TYPE, 1);
        register(PositionLost.class, PositionLost.TYPE, 1);
        register(HoldersSought.class, "HoldersSought", 1);
        register(KeyRetired.class, KeyRetired.TYPE, 1);
        register(MandateGranted.class, MandateGranted.TYPE, 1);
        register(MandateWithdrawn.class, MandateWithdrawn.TYPE, 1);
        register(SupplierAdmitted.class, SupplierAdmitted.TYPE, 1);
        register(SupplierWithdrawn.class, SupplierWithdrawn.TYPE, 1);
        register(InstitutionListed.class, InstitutionListed.TYPE, 1);
        register(TaxonomyEntryListed.class, TaxonomyEntryListed.TYPE, 1);
    }

    private void register(Class<? extends DomainEvent> shape, String type, int typeVersion) {
        readers.put(new TypeKey(type, typeVersion), new RecordReader<>(shape));
        shapes.put(type, shape);
    }

    /** The types of all events of a kind. */
    public Set<String> types(Class<? extends DomainEvent> kind) {
        return shapes.entrySet().stream()
                .filter(each -> kind.isAssignableFrom(each.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The bytes to seal; {@code holder} is the random id that also stands in the event's header. */
    public byte[] encode(UUID holder, DomainEvent event, EventMetadata metadata) {
        byte[] registration = RegistrationWriter.write(holder, event, metadata);
        return registration != null ? registration : bound(holder, event, metadata);
    }

    /** By databinding, which writes every type. */
    byte[] bound(UUID holder, DomainEvent event, EventMetadata metadata) {
        return writer.writeValueAsBytes(new Body<>(holder, event, metadata));
    }

    /**
     * Reads what {@link #encode} wrote, under the type and version of the event's header.
     *
     * @throws UnknownEventTypeException when this program does not know them
     * @throws UnreadableEventException when the body is not of that type
     */
    public Body<DomainEvent> decode(String type, int typeVersion, byte[] body) {
        RecordReader<? extends DomainEvent> reader = readers.get(new TypeKey(type, typeVersion));
        if (reader == null) {
            throw new UnknownEventTypeException(type, typeVersion);
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            return body(parser, reader);
        } catch (JacksonException
                | IllegalArgumentException
                | DateTimeException
                | NullPointerException
                | MismatchException e) {
            throw new UnreadableEventException(type, typeVersion);
        }
    }

    private Body<DomainEvent> body(JsonParser parser, RecordReader<? extends DomainEvent> event) {
        member(parser, parser.nextToken() == JsonToken.START_OBJECT ? "holder" : "");
        UUID holder = UUID.fromString(parser.getString());
        member(parser, "event");
        DomainEvent read = event.read(parser);
        member(parser, "metadata");
        Body<DomainEvent> body = new Body<>(holder, read, metadata.read(parser));
        if (parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw new MismatchException();
        }
        return body;
    }

    private static void member(JsonParser parser, String name) {
        if (!name.equals(parser.nextName())) {
            throw new MismatchException();
        }
        parser.nextToken();
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
