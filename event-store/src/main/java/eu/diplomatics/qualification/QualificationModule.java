package eu.diplomatics.qualification;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Jackson's view of the domain types, kept out of them. */
final class QualificationModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    QualificationModule() {
        super("diplomatics-qualification");
        addSerializer(new AsText<>(PartialDate.class));
        addDeserializer(PartialDate.class, new DateDeserializer());
        addSerializer(new InszSerializer());
        addDeserializer(Insz.class, new InszDeserializer());
        addDeserializer(HolderIdentity.class, new HolderDeserializer());
        setMixInAnnotation(RegistrationRequest.class, NothingEmpty.class);
        setMixInAnnotation(Basis.class, NothingEmpty.class);
        setMixInAnnotation(Basis.Subject.class, NothingEmpty.class);
        setMixInAnnotation(Basis.Institution.class, NothingEmpty.class);
        setMixInAnnotation(Basis.Detail.class, NothingEmpty.class);
        setMixInAnnotation(Derived.class, NothingEmpty.class);
        setMixInAnnotation(Derived.Code.class, NothingEmpty.class);
    }

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private interface NothingEmpty {}

    /** All the ways a holder is described, for reading; which one it is shows by the fields that are there. */
    private record HolderFields(
            @Nullable Insz insz,
            @Nullable String familyName,
            @Nullable String givenNames,
            @Nullable PartialDate birthDate,
            @Nullable String localNumber) {
        @Override
        public String toString() {
            return "HolderFields[redacted]";
        }
    }

    private static final class AsText<T> extends StdSerializer<T> {
        AsText(Class<T> type) {
            super(type);
        }

        @Override
        public void serialize(T value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(value.toString());
        }
    }

    private static final class InszSerializer extends StdSerializer<Insz> {
        InszSerializer() {
            super(Insz.class);
        }

        @Override
        public void serialize(Insz value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(value.digits());
        }
    }

    private static final class DateDeserializer extends StdDeserializer<PartialDate> {
        DateDeserializer() {
            super(PartialDate.class);
        }

        @Override
        public PartialDate deserialize(JsonParser parser, DeserializationContext context) {
            return PartialDate.parse(parser.getString())
                    .orElseGet(() -> context.reportInputMismatch(this, "not a partial date"));
        }
    }

    private static final class InszDeserializer extends StdDeserializer<Insz> {
        InszDeserializer() {
            super(Insz.class);
        }

        @Override
        public Insz deserialize(JsonParser parser, DeserializationContext context) {
            return new Insz(parser.getString());
        }
    }

    private static final class HolderDeserializer extends StdDeserializer<HolderIdentity> {
        HolderDeserializer() {
            super(HolderIdentity.class);
        }

        @Override
        public HolderIdentity deserialize(JsonParser parser, DeserializationContext context) {
            HolderFields fields = context.readValue(parser, HolderFields.class);
            if (fields.insz() != null) {
                return new ByInsz(fields.insz());
            }
            if (fields.familyName() == null
                    || fields.givenNames() == null
                    || fields.birthDate() == null
                    || fields.localNumber() == null) {
                return context.reportInputMismatch(this, "not a holder");
            }
            return new ByName(fields.familyName(), fields.givenNames(), fields.birthDate(), fields.localNumber());
        }
    }
}
