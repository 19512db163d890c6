package eu.diplomatics.qualification;

import eu.diplomatics.sensitivity.FieldSensitivity;
import eu.diplomatics.sensitivity.Sensitivity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The fields of an answer by the names that mandates give them, and which class may be given them (R30). */
final class AnswerFields {
    /** Is in every answer about a qualification, named or not. */
    static final String REFERENCE = "reference";

    private static final List<String> WHOLE = List.of(
            "annulment",
            "basis",
            "derived",
            "dispute",
            "history",
            "holder",
            "link",
            "pseudonym",
            "shredded",
            "supplier",
            "supplierReference",
            "unlisted");

    private AnswerFields() {}

    static Set<String> all() {
        List<String> names = new ArrayList<>(WHOLE);
        RequestFields.BASIS.forEach(name -> names.add("basis." + name));
        RequestFields.DERIVED.forEach(name -> names.add("derived." + name));
        return Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    /** Whether it may be given to whom fields up to this class are given; an object only where all that is in it may. */
    static boolean isWithin(Sensitivity highest, String field) {
        return FieldSensitivity.table().above(highest, pointers(field)).isEmpty();
    }

    /** The lowest class that is given all of them, and never below {@link Sensitivity#PERSONAL}. */
    static Sensitivity lowestFor(Collection<String> fields) {
        return fields.stream().allMatch(field -> isWithin(Sensitivity.PERSONAL, field))
                ? Sensitivity.PERSONAL
                : Sensitivity.SPECIAL;
    }

    /** What is left of them below this class: of an object of which a part is above, the other parts. */
    static List<String> within(Sensitivity highest, Collection<String> fields) {
        return fields.stream()
                .flatMap(field -> isWithin(highest, field) ? Stream.of(field) : parts(field))
                .filter(field -> isWithin(highest, field))
                .distinct()
                .toList();
    }

    private static Stream<String> parts(String field) {
        return Mandate.ANSWER_FIELDS.stream().filter(each -> each.startsWith(field + "."));
    }

    private static List<String> pointers(String field) {
        return switch (field) {
            case "history" -> List.of("/by", "/reason", "/reasonCode");
            case "shredded" -> List.of("/shredded", "/holderShredded");
            default -> List.of('/' + field.replace('.', '/'));
        };
    }
}
