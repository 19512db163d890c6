package eu.diplomatics.portal.page;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which pages whoever signed in has, by the part of their token. The first of each is where they begin. */
public final class Pages {
    private static final List<String> CITIZEN = List.of("/qualifications", "/accesses");
    private static final Map<String, List<String>> BY_PART = Map.of(
            "citizen", CITIZEN,
            "delegate", List.of("/represented"),
            "case-worker", List.of("/consult", "/question"),
            "controller", List.of("/access-log", "/seal"),
            "dpo", List.of("/access-log", "/subject-access", "/seal"));

    private Pages() {}

    /** In the order in which they are shown; none for a part that has no pages. */
    public static List<String> of(String part) {
        return BY_PART.getOrDefault(part, List.of());
    }

    /** Where somebody begins. Who has no pages is told so there. */
    public static String home(String part) {
        return BY_PART.getOrDefault(part, CITIZEN).getFirst();
    }

    /** Those of any part. */
    public static Set<String> all() {
        Set<String> all = new LinkedHashSet<>();
        BY_PART.values().forEach(all::addAll);
        return all;
    }

    /** The parts that have a page. */
    public static List<String> partsOf(String page) {
        return BY_PART.entrySet().stream()
                .filter(each -> each.getValue().contains(page))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What is said to whoever does not have it. */
    public static Failure refusal(String page) {
        return CITIZEN.contains(page) ? Failure.NOT_A_CITIZEN : Failure.NOT_FOR_YOU;
    }
}
