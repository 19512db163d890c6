package eu.diplomatics.qualification;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.qualification.RecordReader.HolderFields;
import eu.diplomatics.qualification.RecordReader.MismatchException;
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
        setMixInAnnotation(Mandate.class, NothingEmpty.class);
        setMixInAnnotation(Mandate.Disclosure.class, NothingEmpty.class);
    }

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private interface NothingEmpty {}

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
            try {
                return context.readValue(parser, HolderFields.class).identity();
            } catch (MismatchException e) {
                return context.reportInputMismatch(this, "not a holder");
            }
        }
    }
}
