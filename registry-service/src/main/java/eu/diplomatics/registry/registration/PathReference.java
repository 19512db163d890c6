package eu.diplomatics.registry.registration;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import java.util.Locale;
import java.util.UUID;

/** References in addresses. */
public final class PathReference {
    private PathReference() {}

    /** The reference of a qualification; {@link ProblemCode#UNKNOWN_REFERENCE} for what is none. */
    public static UUID qualification(String text) {
        return read(text, "Nothing is registered under this reference.");
    }

    /**
     * Spelt as the registry spells it, in either case: other spellings of the same reference are not known.
     *
     * @param otherwise what is said to what is no reference, the same as to one that is not known
     */
    public static UUID read(String text, String otherwise) {
        try {
            UUID reference = UUID.fromString(text);
            if (reference.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return reference;
            }
        } catch (IllegalArgumentException e) {
            // what is no reference is unknown
        }
        throw ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, otherwise);
    }
}
