package eu.diplomatics.qualification;

import java.util.List;

/** What a check makes of its input: the value it stands for, or every reason why there is none. */
public sealed interface Checked<T> {
    record Valid<T>(T value) implements Checked<T> {}

    /** @param rejections at least one */
    record Invalid<T>(List<Rejection> rejections) implements Checked<T> {
        public Invalid {
            rejections = List.copyOf(rejections);
            if (rejections.isEmpty()) {
                throw new IllegalArgumentException("invalid without a reason");
            }
        }
    }

    static <T> Checked<T> valid(T value) {
        return new Valid<>(value);
    }

    static <T> Checked<T> invalid(RejectionCode code, String pointer, String message) {
        return new Invalid<>(List.of(new Rejection(code, pointer, message)));
    }

    /** The value. @throws IllegalStateException when there is none; the codes are in its message */
    default T orElseThrow() {
        return switch (this) {
            case Valid<T>(T value) -> value;
            case Invalid<T>(List<Rejection> rejections) ->
                throw new IllegalStateException("not valid: "
                        + rejections.stream()
                                .map(r -> r.code() + " at '" + r.pointer() + "'")
                                .toList());
        };
    }
}
