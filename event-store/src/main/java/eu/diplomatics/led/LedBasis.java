package eu.diplomatics.led;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.PartialDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/** Basis data as elements of the LED, {@code BewijsBasisType}: read into the tree of a request, and written in its order. */
final class LedBasis {
    private static final String NOT_AVAILABLE = "Niet beschikbaar";

    /** Fields of the basis data by their elements; a blank in the path of names stands for their own object's pairs. */
    private static final Map<String, String> ELEMENTS = new LinkedHashMap<>();

    static {
        ELEMENTS.put("authenticity", "Authenticiteit/Naam");
        ELEMENTS.put("category", "Categorie/Naam");
        ELEMENTS.put("degree", "Graad/Naam");
        ELEMENTS.put("educationForm", "Onderwijsvorm/Naam");
        ELEMENTS.put("finality", "Finaliteit/Naam");
        ELEMENTS.put("viaRecognition", "BehaaldViaEvc");
        ELEMENTS.put("kind", "Bewijstype/Naam");
        ELEMENTS.put("state", "Bewijsstaat/Naam");
        ELEMENTS.put("awardingBody", "Instantie/Naam");
        ELEMENTS.put("subject/code", "Onderwerp/Code");
        ELEMENTS.put("subject/name", "Onderwerp/Naam");
        ELEMENTS.put("subject", "Onderwerp");
        ELEMENTS.put("awardedOn", "Uitreikingsdatum");
        ELEMENTS.put("fullName", "VolledigeNaam");
        ELEMENTS.put("country", "Land/Code");
        ELEMENTS.put("language", "Taal/Code");
        ELEMENTS.put("institution/name", "Instelling/Naam");
        ELEMENTS.put("institution/number", "Instelling/Nummer");
        ELEMENTS.put("institution", "Instelling");
        ELEMENTS.put("schoolType", "Schooltype/Naam");
        ELEMENTS.put("fieldOfStudy/name", "Studierichting/Naam");
        ELEMENTS.put("fieldOfStudy/code", "Studierichting/Code");
        ELEMENTS.put("specialisation/name", "Specialisatie/Naam");
        ELEMENTS.put("specialisation/code", "Specialisatie/Code");
        ELEMENTS.put("detail/name", "DetailOnderwerp/Naam");
        ELEMENTS.put("detail/code", "DetailOnderwerp/Code");
        ELEMENTS.put("validityPeriod", "Vervalperiode");
        ELEMENTS.put("adultEducationHours", "UrenVolwassenenonderwijs");
        ELEMENTS.put("alternativeBodies", "AlternatieveInstanties");
        ELEMENTS.put("additionalInformation", "BijkomendeInformaties");
    }

    private static final List<String> PLAIN = ELEMENTS.keySet().stream()
            .filter(field -> !field.contains("/")
                    && !Set.of(
                                    "viaRecognition",
                                    "subject",
                                    "awardedOn",
                                    "institution",
                                    "adultEducationHours",
                                    "alternativeBodies",
                                    "additionalInformation")
                            .contains(field))
            .toList();
    private static final List<String> PAIRS =
            List.of("subject", "institution", "fieldOfStudy", "specialisation", "detail");
    /** Fields that an answer may leave out, by the names that a configuration gives them. */
    static final Set<String> OPTIONAL = Set.of(
            "finality",
            "viaRecognition",
            "fieldOfStudy",
            "specialisation",
            "detail",
            "validityPeriod",
            "adultEducationHours",
            "alternativeBodies",
            "additionalInformation");

    private LedBasis() {}

    /** The tree that the rules of a request are held against; the schema has been before. */
    static Map<String, Object> read(Element basis) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (String field : PLAIN) {
            put(tree, field, Elements.text(basis, path(field)));
        }
        for (String field : PAIRS) {
            String outer = field + "/";
            Map<String, Object> pair = new LinkedHashMap<>();
            ELEMENTS.keySet().stream()
                    .filter(name -> name.startsWith(outer))
                    .forEach(name -> put(pair, name.substring(outer.length()), Elements.text(basis, path(name))));
            if (!pair.isEmpty()) {
                tree.put(field, pair);
            }
        }
        put(
                tree,
                "viaRecognition",
                Elements.text(basis, "BehaaldViaEvc")
                        .map(said -> Set.of("true", "1").contains(said.strip())));
        put(tree, "awardedOn", Elements.at(basis, "Uitreikingsdatum").map(LedBasis::date));
        put(
                tree,
                "adultEducationHours",
                Elements.text(basis, "UrenVolwassenenonderwijs").map(hours -> Long.valueOf(hours.strip())));
        put(tree, "alternativeBodies", list(basis, "AlternatieveInstanties", item -> {
            Map<String, Object> body = new LinkedHashMap<>();
            put(body, "role", Elements.text(item, "Instantierol", "Naam"));
            put(body, "body", Elements.text(item, "Instantie", "Naam"));
            return body;
        }));
        put(tree, "additionalInformation", list(basis, "BijkomendeInformaties", item -> {
            Map<String, Object> information = new LinkedHashMap<>();
            put(information, "name", Elements.text(item, "Naam"));
            put(information, "content", Elements.text(item, "Inhoud"));
            return information;
        }));
        return tree;
    }

    /** The element that a pointer into the basis data stands for, {@code degree} for example. */
    static String element(String field) {
        String known = ELEMENTS.get(field);
        if (known != null) {
            return known;
        }
        int cut = field.lastIndexOf('/');
        return cut < 0 ? "" : element(field.substring(0, cut));
    }

    /** @param shown which of {@link #OPTIONAL} are written */
    static void write(Element parent, Basis basis, Set<String> shown) {
        named(parent, "Authenticiteit", basis.authenticity());
        named(parent, "Categorie", basis.category());
        named(parent, "Graad", basis.degree());
        named(parent, "Onderwijsvorm", basis.educationForm());
        if (shown.contains("finality") && basis.finality() != null) {
            named(parent, "Finaliteit", basis.finality());
        }
        if (shown.contains("viaRecognition") && basis.viaRecognition() != null) {
            Elements.add(parent, "BehaaldViaEvc", basis.viaRecognition().toString());
        }
        named(parent, "Bewijstype", basis.kind());
        named(parent, "Bewijsstaat", basis.state());
        named(parent, "Instantie", basis.awardingBody());
        Element subject = Elements.add(parent, "Onderwerp");
        Elements.add(subject, "Code", basis.subject().code());
        optional(subject, "Naam", basis.subject().name());
        date(Elements.add(parent, "Uitreikingsdatum"), basis.awardedOn());
        Elements.add(parent, "VolledigeNaam", basis.fullName());
        Elements.add(Elements.add(parent, "Land"), "Code", basis.country());
        Elements.add(Elements.add(parent, "Taal"), "Code", basis.language());
        Element institution = Elements.add(parent, "Instelling");
        Elements.add(institution, "Naam", basis.institution().name());
        optional(institution, "Nummer", basis.institution().number());
        named(parent, "Schooltype", basis.schoolType());
        detail(parent, "Studierichting", shown.contains("fieldOfStudy") ? basis.fieldOfStudy() : null);
        detail(parent, "Specialisatie", shown.contains("specialisation") ? basis.specialisation() : null);
        detail(parent, "DetailOnderwerp", shown.contains("detail") ? basis.detail() : null);
        optional(parent, "Vervalperiode", shown.contains("validityPeriod") ? basis.validityPeriod() : null);
        if (shown.contains("adultEducationHours") && basis.adultEducationHours() != null) {
            Elements.add(
                    parent,
                    "UrenVolwassenenonderwijs",
                    basis.adultEducationHours().toString());
        }
        lists(parent, basis, shown);
    }

    private static void lists(Element parent, Basis basis, Set<String> shown) {
        if (shown.contains("alternativeBodies") && !basis.alternativeBodies().isEmpty()) {
            Element bodies = Elements.add(parent, "AlternatieveInstanties");
            basis.alternativeBodies().forEach(body -> {
                Element item = Elements.add(bodies, "AlternatieveInstantie");
                named(item, "Instantierol", body.role());
                named(item, "Instantie", body.body());
            });
        }
        if (shown.contains("additionalInformation")
                && !basis.additionalInformation().isEmpty()) {
            Element information = Elements.add(parent, "BijkomendeInformaties");
            basis.additionalInformation().forEach(each -> {
                Element item = Elements.add(information, "BijkomendeInformatie");
                Elements.add(item, "Naam", each.name());
                Elements.add(item, "Inhoud", each.content());
            });
        }
    }

    private static String[] path(String field) {
        return element(field).split("/");
    }

    private static void put(Map<String, Object> tree, String name, Optional<?> value) {
        value.ifPresent(present -> tree.put(name, present));
    }

    private static Optional<List<Map<String, Object>>> list(
            Element basis, String name, Function<Element, Map<String, Object>> item) {
        return Elements.at(basis, name)
                .map(list -> new ArrayList<>(
                        Elements.children(list).stream().map(item).toList()));
    }

    private static String date(Element date) {
        return Stream.of("Jaar", "Maand", "Dag")
                .flatMap(part -> Elements.text(date, part).stream())
                .map(String::strip)
                .collect(Collectors.joining("-"));
    }

    private static void date(Element date, PartialDate on) {
        String[] names = {"Jaar", "Maand", "Dag"};
        String[] parts = on.toString().split("-");
        for (int i = 0; i < parts.length; i++) {
            Elements.add(date, names[i], parts[i]);
        }
    }

    private static void named(Element parent, String name, String value) {
        Elements.add(Elements.add(parent, name), "Naam", value);
    }

    /** A name is compulsory there, and some old records have a code only. */
    private static void detail(Element parent, String name, Basis.@Nullable Detail detail) {
        if (detail != null) {
            Element element = Elements.add(parent, name);
            Elements.add(element, "Naam", detail.name() == null ? NOT_AVAILABLE : detail.name());
            optional(element, "Code", detail.code());
        }
    }

    static void optional(Element parent, String name, @Nullable String value) {
        if (value != null) {
            Elements.add(parent, name, value);
        }
    }
}
