package eu.diplomatics.query.disclosure;

import eu.diplomatics.query.disclosure.Answers.Part;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes the members of a record that are named, and no others; empty ones are left out, as they are of a whole one. */
final class PartSerializer extends StdSerializer<Part<?>> {
    PartSerializer() {
        super(Part.class);
    }

    @Override
    public void serialize(Part<?> part, JsonGenerator generator, SerializationContext context) {
        Set<String> named = part.named();
        if (named == null) {
            context.writeValue(generator, part.content());
            return;
        }
        generator.writeStartObject();
        for (RecordComponent component : part.content().getClass().getRecordComponents()) {
            if (named.contains(component.getName())) {
                Object value = value(component, part.content());
                if (value != null && !(value instanceof Collection<?> items && items.isEmpty())) {
                    context.defaultSerializeProperty(component.getName(), value, generator);
                }
            }
        }
        generator.writeEndObject();
    }

    @SuppressWarnings("NullAway") // a component may be null
    private static Object value(RecordComponent component, Object record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component.getName(), e);
        }
    }
}
