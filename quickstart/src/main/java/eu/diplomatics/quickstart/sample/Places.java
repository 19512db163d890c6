package eu.diplomatics.quickstart.sample;

import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.Institutions.Institution;
import eu.diplomatics.taxonomy.Institutions.Supplier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Institutions by kind, and who registers for them: the institution itself where it is a supplier, else its sector. */
final class Places {
    static final String SPECIAL_SCHOOL = "Buitengewoon secundair onderwijs";

    private final Map<String, List<Institution>> byType = new HashMap<>();
    private final Map<String, String> supplierOf = new HashMap<>();

    Places(Institutions institutions) {
        List<Supplier> suppliers = institutions.suppliers().stream()
                .sorted(Comparator.comparing((Supplier s) -> s.institutions().size())
                        .thenComparing(Supplier::id))
                .toList();
        for (Supplier supplier : suppliers) {
            for (Institution institution : institutions.of(supplier)) {
                if (supplierOf.putIfAbsent(institution.number(), supplier.id()) == null) {
                    byType.computeIfAbsent(type(institution), t -> new ArrayList<>())
                            .add(institution);
                }
            }
        }
        byType.values().forEach(list -> list.sort(Comparator.comparing(Places::size)));
    }

    /** Schools for special education, and those for the first degree only, are kinds of their own here. */
    private static String type(Institution institution) {
        String name = institution.name();
        if (name.startsWith("Buso ")) {
            return SPECIAL_SCHOOL;
        }
        return name.contains("middenschool") || name.endsWith("eerste graad") ? "Middenschool" : institution.type();
    }

    /** The largest first: the two old universities, then by number. */
    private static String size(Institution institution) {
        return switch (institution.number()) {
            case "110131" -> "0";
            case "110114" -> "1";
            default -> "2" + institution.number();
        };
    }

    Institution pick(String type, SplittableRandom random) {
        return Names.pick(Objects.requireNonNull(byType.get(type), type), random);
    }

    String supplierOf(Institution institution) {
        return Objects.requireNonNull(supplierOf.get(institution.number()));
    }
}
