package eu.diplomatics.query.predicate;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody holds, on a day, one qualification of at least this level and in this field. What cannot be said for
 * certain is no: a day of award that is not known, a period of validity that is not written as days, a document that
 * only the person vouches for.
 *
 * @param least the lowest level that will do; null for any
 * @param field the beginning of a code of ISCED-F 2013, such as 09 or 0913; null for any
 */
public record HoldsLevel(@Nullable Level least, @Nullable String field, LocalDate on) {
    private static final String AUTHENTIC = "Authentiek";

    public HoldsLevel {
        Objects.requireNonNull(on);
    }

    /** What levels are counted by. */
    public enum Framework {
        ISCED_2011,
        /** Flemish qualifications structure; the higher of educational and professional qualification. */
        VKS,
        EQF
    }

    /** A level of a framework, from 0 (ISCED) or 1 to 8. */
    public record Level(Framework framework, int level) {}

    /** Of one qualification that is in force. */
    public boolean isTrueOf(Basis basis, Derived derived) {
        return basis.authenticity().equals(AUTHENTIC)
                && !basis.awardedOn().latest().isAfter(on)
                && isValid(basis.validityPeriod())
                && (least == null || level(least.framework(), derived).orElse(-1) >= least.level())
                && (field == null
                        || derived.iscedField2013() != null
                                && derived.iscedField2013().code().startsWith(field));
    }

    /** A period is free text: only one that ends with a day can be judged. */
    private boolean isValid(@Nullable String period) {
        return period == null
                || lastDay(period).filter(last -> !last.isBefore(on)).isPresent();
    }

    private static Optional<LocalDate> lastDay(String period) {
        try {
            return Optional.of(LocalDate.parse(period.substring(period.lastIndexOf('/') + 1)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static OptionalInt level(Framework framework, Derived derived) {
        return switch (framework) {
            case ISCED_2011 -> number(derived.iscedLevel2011());
            case VKS ->
                Stream.of(number(derived.vksEducation()), number(derived.vksProfessional()))
                        .flatMapToInt(OptionalInt::stream)
                        .max();
            case EQF -> derived.eqf() == null ? OptionalInt.empty() : OptionalInt.of(derived.eqf());
        };
    }

    private static OptionalInt number(Derived.@Nullable Code code) {
        return code != null && code.code().matches("[0-8]")
                ? OptionalInt.of(Integer.parseInt(code.code()))
                : OptionalInt.empty();
    }

    /** As the access log keeps it. */
    public String words() {
        return (least == null ? "" : "level>=" + least.framework() + ":" + least.level() + " ")
                + (field == null ? "" : "field=" + field + " ")
                + "on=" + on;
    }
}
