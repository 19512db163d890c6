package eu.diplomatics.led;

import eu.diplomatics.led.LedXml.Element;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.RequestRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamException;
import tools.jackson.databind.json.JsonMapper;

/** The records of the LED's sample answers, as registrations in the order of file name and then of document. */
public final class LedSamples {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private LedSamples() {}

    /**
     * @param supplier name of the supplier [Leverancier]
     * @param json the registration as a line of NDJSON, for mode legacy
     */
    public record LedRecord(String file, String supplier, String supplierReference, String insz, String json) {
        /** The registration as a request is read. */
        public Checked<RegistrationRequest> read(RequestRules rules) {
            return QualificationJson.readRegistration(json.getBytes(StandardCharsets.UTF_8), rules);
        }
    }

    /** Where the samples are; empty where they do not lie beside the sources. */
    public static Optional<Path> directory() {
        return Stream.of("..", "../..")
                .map(up -> Path.of(up, "shared", "led", "samples", "GeefBewijs"))
                .filter(Files::isDirectory)
                .findFirst();
    }

    public static List<LedRecord> read(Path directory) throws IOException, XMLStreamException {
        List<LedRecord> records = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    records.addAll(records(String.valueOf(file.getFileName()), LedXml.read(in)));
                }
            }
        }
        return records;
    }

    static List<LedRecord> records(String file, Element document) {
        List<LedRecord> records = new ArrayList<>();
        for (Element element : document) {
            if (element.name().equals("Bewijs") && element.at("Basis").isPresent()) {
                records.add(record(file, element));
            }
        }
        return records;
    }

    private static LedRecord record(String file, Element proof) {
        String reference = proof.text("Leverancier", "Bewijsreferte").orElse("").strip();
        String insz = proof.text("PersoonUitgereikt", "INSZ").orElse("").strip();
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("supplierReference", reference);
        request.put("holder", Map.of("insz", insz));
        request.put("basis", basis(proof.at("Basis").orElseThrow()));
        proof.at("Afgeleid").ifPresent(derived -> request.put("derived", derived(derived)));
        return new LedRecord(
                file,
                proof.text("Leverancier", "Naam").orElse("").strip().replaceAll("[ \\t\\r\\n]+", " "),
                reference,
                insz,
                MAPPER.writeValueAsString(request));
    }

    private static Map<String, Object> basis(Element basis) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "authenticity", basis.text("Authenticiteit", "Naam"));
        put(fields, "category", basis.text("Categorie", "Naam"));
        put(fields, "degree", basis.text("Graad", "Naam"));
        put(fields, "educationForm", basis.text("Onderwijsvorm", "Naam"));
        put(fields, "finality", basis.text("Finaliteit", "Naam"));
        put(fields, "viaRecognition", basis.text("BehaaldViaEvc").map(LedSamples::isTrue));
        put(fields, "kind", basis.text("Bewijstype", "Naam"));
        put(fields, "state", basis.text("Bewijsstaat", "Naam"));
        put(fields, "awardingBody", basis.text("Instantie", "Naam"));
        put(fields, "subject", basis.at("Onderwerp").map(s -> pair(s, "code", "Code", "name", "Naam")));
        put(fields, "awardedOn", basis.at("Uitreikingsdatum").map(LedSamples::date));
        put(fields, "fullName", basis.text("VolledigeNaam"));
        put(fields, "country", basis.text("Land", "Code").map(String::strip));
        put(fields, "language", basis.text("Taal", "Code").map(String::strip));
        put(fields, "institution", basis.at("Instelling").map(i -> pair(i, "name", "Naam", "number", "Nummer")));
        put(fields, "schoolType", basis.text("Schooltype", "Naam"));
        put(fields, "fieldOfStudy", basis.at("Studierichting").map(d -> pair(d, "name", "Naam", "code", "Code")));
        put(fields, "specialisation", basis.at("Specialisatie").map(d -> pair(d, "name", "Naam", "code", "Code")));
        put(fields, "detail", basis.at("DetailOnderwerp").map(d -> pair(d, "name", "Naam", "code", "Code")));
        put(fields, "validityPeriod", basis.text("Vervalperiode"));
        put(
                fields,
                "adultEducationHours",
                basis.text("UrenVolwassenenonderwijs").map(h -> Integer.valueOf(h.strip())));
        put(fields, "alternativeBodies", list(basis, "AlternatieveInstanties", item -> {
            Map<String, Object> body = new LinkedHashMap<>();
            put(body, "role", item.text("Instantierol", "Naam"));
            put(body, "body", item.text("Instantie", "Naam"));
            return body;
        }));
        put(
                fields,
                "additionalInformation",
                list(basis, "BijkomendeInformaties", item -> pair(item, "name", "Naam", "content", "Inhoud")));
        return fields;
    }

    private static Map<String, Object> derived(Element derived) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "iscedField1997", code(derived, "ISCEDStudiegebied"));
        put(fields, "iscedField2013", code(derived, "ISCEDStudiegebied2013"));
        put(fields, "iscedLevel1997", code(derived, "ISCEDNiveau"));
        put(fields, "iscedLevel2011", code(derived, "ISCEDNiveau2011"));
        put(fields, "vksEducation", code(derived, "VKSNiveauOnderwijskwalificatie"));
        put(fields, "vksProfessional", code(derived, "VKSNiveauBeroepskwalificatie"));
        return fields;
    }

    private static Optional<Object> code(Element derived, String name) {
        return derived.at(name).map(e -> pair(e, "code", "Code", "name", "Naam"));
    }

    private static Map<String, Object> pair(Element in, String field1, String name1, String field2, String name2) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, field1, in.text(name1));
        put(fields, field2, in.text(name2));
        return fields;
    }

    private static Optional<Object> list(
            Element basis, String name, java.util.function.Function<Element, Map<String, Object>> item) {
        return basis.at(name).map(list -> list.children().stream().map(item).toList());
    }

    private static String date(Element date) {
        return Stream.of("Jaar", "Maand", "Dag")
                .flatMap(part -> date.text(part).stream())
                .map(String::strip)
                .reduce((left, right) -> left + "-" + right)
                .orElse("");
    }

    private static boolean isTrue(String text) {
        return text.strip().equals("true") || text.strip().equals("1");
    }

    private static void put(Map<String, Object> fields, String name, Optional<?> value) {
        value.ifPresent(v -> fields.put(name, v));
    }
}
