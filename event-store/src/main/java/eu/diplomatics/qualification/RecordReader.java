package eu.diplomatics.qualification;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a record of this package from the JSON object that it was written as: a member for each component, by its name;
 * what was left out is null. Jackson's databinding does the same in twice the time, and replay is made of little else.
 * Throws {@link MismatchException} for anything that the record would not be written as.
 */
final class RecordReader<R> {
    private final Map<String, Integer> places = new HashMap<>();
    private final ValueReader[] values;
    private final MethodHandle constructor;

    /** Reads the value that the parser stands on. */
    @FunctionalInterface
    interface ValueReader {
        Object read(JsonParser parser);
    }

    /** JSON of another shape. It repeats nothing of what was read. */
    static final class MismatchException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MismatchException() {
            super("JSON of another shape than its record");
        }
    }

    RecordReader(Class<R> shape) {
        RecordComponent[] components = shape.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        values = new ValueReader[components.length];
        for (int i = 0; i < components.length; i++) {
            places.put(components[i].getName(), i);
            types[i] = components[i].getType();
            values[i] = reader(components[i].getGenericType());
        }
        try {
            constructor = MethodHandles.lookup()
                    .unreflectConstructor(shape.getDeclaredConstructor(types))
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(shape + " cannot be made here", e);
        }
    }

    private static ValueReader reader(Type type) {
        return switch (type) {
            case ParameterizedType list
            when list.getRawType() == List.class -> {
                ValueReader items = reader(list.getActualTypeArguments()[0]);
                yield parser -> list(parser, items);
            }
            case Class<?> c when c == String.class -> RecordReader::text;
            case Class<?> c when c == UUID.class -> parser -> UUID.fromString(text(parser));
            case Class<?> c when c == Insz.class -> parser -> new Insz(text(parser));
            case Class<?> c
            when c == PartialDate.class ->
                parser -> PartialDate.parse(text(parser)).orElseThrow(MismatchException::new);
            case Class<?> c when c == Instant.class -> parser -> Instant.parse(text(parser));
            case Class<?> c when c == LocalDate.class -> parser -> LocalDate.parse(text(parser));
            case Class<?> c when c.isEnum() -> parser -> constant(c, text(parser));
            case Class<?> c when c == Integer.class || c == int.class -> RecordReader::integer;
            case Class<?> c when c == long.class -> RecordReader::number;
            case Class<?> c when c == Boolean.class || c == boolean.class -> JsonParser::getBooleanValue;
            case Class<?> c
            when c == HolderIdentity.class -> {
                RecordReader<HolderFields> fields = new RecordReader<>(HolderFields.class);
                yield parser -> fields.read(parser).identity();
            }
            case Class<?> c when c.isRecord() -> new RecordReader<>(c)::read;
            default -> throw new IllegalArgumentException("no reader for " + type);
        };
    }

    /** All the ways a holder is described; which one it is shows by the fields that are there. */
    record HolderFields(
            @Nullable Insz insz,
            @Nullable String familyName,
            @Nullable String givenNames,
            @Nullable PartialDate birthDate,
            @Nullable String localNumber) {
        HolderIdentity identity() {
            if (insz != null) {
                return new HolderIdentity.ByInsz(insz);
            }
            if (familyName == null || givenNames == null || birthDate == null || localNumber == null) {
                throw new MismatchException();
            }
            return new HolderIdentity.ByName(familyName, givenNames, birthDate, localNumber);
        }

        @Override
        public String toString() {
            return "HolderFields[redacted]";
        }
    }

    /** The record whose object begins where the parser stands; the parser then stands on its end. */
    @SuppressWarnings("unchecked") // it is what the constructor makes
    R read(JsonParser parser) {
        @Nullable Object[] components = new Object[values.length];
        expect(parser, JsonToken.START_OBJECT);
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            Integer place = places.get(name);
            if (place == null || components[place] != null) {
                throw new MismatchException();
            }
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                components[place] = values[place].read(parser);
            }
        }
        expect(parser, JsonToken.END_OBJECT);
        try {
            return (R) constructor.invokeExact(components);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // a record's constructor throws no other
        }
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new MismatchException();
    }

    private static List<Object> list(JsonParser parser, ValueReader items) {
        expect(parser, JsonToken.START_ARRAY);
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(items.read(parser));
        }
        return list;
    }

    private static String text(JsonParser parser) {
        expect(parser, JsonToken.VALUE_STRING);
        return parser.getString();
    }

    private static Integer integer(JsonParser parser) {
        expect(parser, JsonToken.VALUE_NUMBER_INT);
        return parser.getIntValue();
    }

    private static Long number(JsonParser parser) {
        expect(parser, JsonToken.VALUE_NUMBER_INT);
        return parser.getLongValue();
    }

    private static void expect(JsonParser parser, JsonToken token) {
        if (parser.currentToken() != token) {
            throw new MismatchException();
        }
    }
}
