package eu.diplomatics.query.disclosure;

import eu.diplomatics.sensitivity.FieldSensitivity;
import eu.diplomatics.sensitivity.Sensitivity;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.stream.Stream;

/** The columns of an answer with counts, from its records, and whether the class of counts allows them (R30). */
final class CountColumns {
    /** The class of all counts. */
    static final Sensitivity HIGHEST = Sensitivity.ORDINARY;

    private CountColumns() {}

    /** By JSON pointer, without indices. */
    static List<String> of(Class<?> answer, String at) {
        return Stream.of(answer.getRecordComponents())
                .flatMap(column -> of(column, at + "/" + column.getName()))
                .toList();
    }

    private static Stream<String> of(RecordComponent column, String at) {
        Type type = column.getGenericType();
        Type each = type instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : type;
        return each instanceof Class<?> plain && plain.isRecord() ? of(plain, at).stream() : Stream.of(at);
    }

    /** @throws IllegalStateException when one is above the class of counts, or has none */
    static void requireWithin(Class<?> answer, String at) {
        List<String> above = FieldSensitivity.table().above(HIGHEST, of(answer, at));
        if (!above.isEmpty()) {
            throw new IllegalStateException(
                    "counts would tell what is above " + HIGHEST + " or has no class: " + above);
        }
    }
}
