package eu.diplomatics.backup.portable;

import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.PartialDate;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A JSON Schema (2020-12) of each type of event, from the very records that write it. */
public final class EventSchemas {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PROPERTIES = "properties";

    private EventSchemas() {}

    /** By the name of its file in the bag. */
    public static SortedMap<String, byte[]> files() {
        SortedMap<String, byte[]> files = new TreeMap<>();
        byType().forEach((name, schema) -> files.put(
                "schema/" + name.toLowerCase(Locale.ROOT) + "-1.json",
                JSON.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(schema)
                        .concat("\n")
                        .getBytes(StandardCharsets.UTF_8)));
        return files;
    }

    /** By the type of event. */
    static SortedMap<String, ObjectNode> byType() {
        SortedMap<String, ObjectNode> schemas = new TreeMap<>();
        leaves(DomainEvent.class, schemas);
        return schemas;
    }

    private static void leaves(Class<?> type, SortedMap<String, ObjectNode> schemas) {
        if (type.isRecord()) {
            // every type is of version 1 so far; a second one brings a second shape
            String name = type.getSimpleName();
            ObjectNode schema = JSON.createObjectNode();
            schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
            schema.put("$id", EventLine.schema(name, 1));
            schema.put("title", "data of an event " + name + ", version 1");
            ObjectNode body = object(schema);
            body.set("holder", of(UUID.class));
            body.set("event", of(type));
            body.set("metadata", of(EventMetadata.class));
            require(schema, List.of("holder", "event", "metadata"));
            schemas.put(name, schema);
        } else {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                leaves(permitted, schemas);
            }
        }
    }

    private static ObjectNode of(Type type) {
        ObjectNode schema = JSON.createObjectNode();
        if (type instanceof ParameterizedType list) {
            schema.put("type", "array");
            schema.set("items", of(list.getActualTypeArguments()[0]));
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (plain == UUID.class) {
            return schema.put("type", "string").put("format", "uuid");
        } else if (plain == Instant.class) {
            return schema.put("type", "string").put("format", "date-time");
        } else if (plain == LocalDate.class) {
            return schema.put("type", "string").put("format", "date");
        } else if (plain == PartialDate.class) {
            return schema.put("type", "string").put("pattern", "^\\d{4}(-\\d{2}(-\\d{2})?)?$");
        } else if (plain == Insz.class) {
            return schema.put("type", "string").put("pattern", "^\\d{11}$");
        } else if (plain == String.class) {
            return schema.put("type", "string");
        } else if (plain == boolean.class || plain == Boolean.class) {
            return schema.put("type", "boolean");
        } else if (plain == int.class || plain == long.class || plain == Integer.class || plain == Long.class) {
            return schema.put("type", "integer");
        } else if (plain.isEnum()) {
            schema.put("type", "string");
            ArrayNode values = schema.putArray("enum");
            Arrays.stream(plain.getEnumConstants()).forEach(each -> values.add(each.toString()));
            return schema;
        } else if (plain == HolderIdentity.class) {
            ArrayNode either = schema.putArray("oneOf");
            Arrays.stream(plain.getPermittedSubclasses()).forEach(each -> either.add(of(each)));
            return schema;
        } else if (plain.isRecord()) {
            return record(schema, plain);
        }
        throw new IllegalStateException("no schema for " + plain);
    }

    private static ObjectNode record(ObjectNode schema, Class<?> type) {
        ObjectNode properties = object(schema);
        List<String> required = Arrays.stream(type.getRecordComponents())
                .filter(EventSchemas::isAlwaysThere)
                .map(RecordComponent::getName)
                .toList();
        for (RecordComponent component : type.getRecordComponents()) {
            properties.set(component.getName(), of(component.getGenericType()));
        }
        require(schema, required);
        return schema;
    }

    /** An empty list is left out, as what is absent is. */
    private static boolean isAlwaysThere(RecordComponent component) {
        return !component.getAnnotatedType().isAnnotationPresent(Nullable.class) && component.getType() != List.class;
    }

    private static ObjectNode object(ObjectNode schema) {
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        return schema.putObject(PROPERTIES);
    }

    private static void require(ObjectNode schema, List<String> names) {
        ArrayNode required = schema.putArray("required");
        names.forEach(required::add);
    }
}
