package eu.diplomatics.qualification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A row of a CSV file as a registration. Columns have the names of the JSON fields with dots ({@code holder.insz},
 * {@code subject.code}); those of the basis data may also be written with {@code basis.} before them. A list is JSON in
 * one cell, an empty cell is an absent field.
 *
 * <p>A cell that a spreadsheet would run as a formula is refused ({@code ILLEGAL_CHARACTER}): one that begins with
 * {@code =}, {@code @} or a tab, and one that begins with {@code +} or {@code -} and goes on to hold one of
 * {@code = ( ) | ! '} or a quotation mark. So {@code +32 16 32 40 10}, {@code -} and {@code -5} are texts.
 */
public final class QualificationCsv {
    /** Added to the rows that are handed back; ignored, so that such a file can be sent again. */
    public static final String ERROR_CODES = "errorCodes";

    private static final Set<String> LISTS = Set.of("alternativeBodies", "additionalInformation");
    private static final List<String> COLUMNS = List.of(
            "supplierReference",
            "holder.insz",
            "holder.familyName",
            "holder.givenNames",
            "holder.birthDate",
            "holder.localNumber",
            "authenticity",
            "category",
            "degree",
            "educationForm",
            "finality",
            "viaRecognition",
            "kind",
            "state",
            "awardingBody",
            "subject.code",
            "subject.name",
            "awardedOn",
            "fullName",
            "country",
            "language",
            "institution.name",
            "institution.number",
            "schoolType",
            "fieldOfStudy.name",
            "fieldOfStudy.code",
            "specialisation.name",
            "specialisation.code",
            "detail.name",
            "detail.code",
            "validityPeriod",
            "adultEducationHours",
            "alternativeBodies",
            "additionalInformation");
    private static final List<String> LEGACY_COLUMNS = Stream.concat(
                    COLUMNS.stream(),
                    Stream.of(
                            "derived.iscedField1997.code",
                            "derived.iscedField1997.name",
                            "derived.iscedField2013.code",
                            "derived.iscedField2013.name",
                            "derived.iscedLevel1997.code",
                            "derived.iscedLevel1997.name",
                            "derived.iscedLevel2011.code",
                            "derived.iscedLevel2011.name",
                            "derived.vksEducation.code",
                            "derived.vksEducation.name",
                            "derived.vksProfessional.code",
                            "derived.vksProfessional.name",
                            "derived.eqf",
                            "derived.taxonomyVersion"))
            .toList();

    private QualificationCsv() {}

    /** The columns, in the order of the template. */
    public static List<String> columns() {
        return COLUMNS;
    }

    /** What is wrong with a header row: unknown columns and columns that occur twice, without their names' text. */
    public static List<Rejection> checkHeader(List<String> header, Mode mode) {
        List<Rejection> rejections = new ArrayList<>();
        Set<String> known = known(mode);
        Set<String> seen = new java.util.HashSet<>();
        for (int i = 0; i < header.size(); i++) {
            String column = plain(header.get(i));
            if (!known.contains(column)) {
                rejections.add(new Rejection(
                        RejectionCode.UNKNOWN_FIELD, "", "the header's column " + (i + 1) + " is unknown"));
            } else if (!seen.add(column)) {
                rejections.add(
                        new Rejection(RejectionCode.DUPLICATE_KEY, pointer(column), "the header has the column twice"));
            }
        }
        return rejections;
    }

    /** As {@link QualificationJson#supplierReference}, of a row's cells by column. */
    public static Optional<String> supplierReference(Map<String, String> cells) {
        return Optional.ofNullable(cells.get("supplierReference")).flatMap(RequestFields::supplierReference);
    }

    /** Reads a row, given as cell by column. */
    public static Checked<RegistrationRequest> read(Map<String, String> row, RequestRules rules) {
        List<Rejection> rejections = new ArrayList<>();
        RequestReader reader = new RequestReader(rules, rejections);
        Set<String> known = known(rules.mode());
        Map<String, Object> tree = new LinkedHashMap<>();
        row.forEach((name, cell) -> {
            String column = plain(name);
            if (!known.contains(column)) {
                reader.reject(RejectionCode.UNKNOWN_FIELD, "", "a column is unknown");
            } else if (!cell.isBlank() && !column.equals(ERROR_CODES)) {
                if (isFormula(cell)) {
                    reader.reject(
                            RejectionCode.ILLEGAL_CHARACTER, pointer(column), "a spreadsheet would run this cell");
                }
                put(tree, pointer(column).substring(1).split("/"), value(column, cell, reader));
            }
        });
        tree.putIfAbsent("holder", Map.of());
        tree.putIfAbsent("basis", Map.of());
        return RequestFields.registration(tree, reader);
    }

    /** The column a rejection's pointer stands for; a list's items stand in the list's column. */
    public static String column(String pointer) {
        String path =
                pointer.startsWith("/basis/") ? pointer.substring("/basis/".length()) : pointer.replaceFirst("/", "");
        String column = path.replace('/', '.');
        return LISTS.stream()
                .filter(list -> column.startsWith(list + "."))
                .findFirst()
                .orElse(column);
    }

    private static Set<String> known(Mode mode) {
        return Stream.concat((mode == Mode.LEGACY ? LEGACY_COLUMNS : COLUMNS).stream(), Stream.of(ERROR_CODES))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String plain(String column) {
        String name = column.strip();
        return name.startsWith("basis.") ? name.substring("basis.".length()) : name;
    }

    private static String pointer(String column) {
        boolean ofBasis =
                !column.equals("supplierReference") && !column.startsWith("holder.") && !column.startsWith("derived.");
        return (ofBasis ? "/basis/" : "/") + column.replace('.', '/');
    }

    static boolean isFormula(String cell) {
        String text = cell.stripLeading();
        if (text.isEmpty()) {
            return false;
        }
        return switch (text.charAt(0)) {
            case '=', '@', '＝', '＠' -> true;
            case '+', '-', '＋', '－' -> text.chars().anyMatch(c -> "=()|!'\"".indexOf(c) >= 0);
            default -> cell.charAt(0) == '\t';
        };
    }

    private static Object value(String column, String cell, RequestReader reader) {
        String text = cell.strip();
        if (column.equals("viaRecognition")) {
            return text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : cell;
        }
        if (column.equals("adultEducationHours") || column.equals("derived.eqf")) {
            return text.length() <= 10 && RequestReader.isDigits(text) ? (Object) Long.valueOf(text) : cell;
        }
        if (!LISTS.contains(column)) {
            return cell;
        }
        List<Rejection> duplicates = new ArrayList<>();
        return switch (JsonTree.parse(text, duplicates)) {
            case Checked.Valid<Object>(Object tree) -> {
                duplicates.forEach(d -> reader.reject(d.code(), pointer(column) + d.pointer(), d.message()));
                yield tree;
            }
            // the text itself in the place of a list is then refused as not being one
            case Checked.Invalid<Object> malformed -> cell;
        };
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> tree, String[] path, Object value) {
        Map<String, Object> in = tree;
        for (int i = 0; i < path.length - 1; i++) {
            in = (Map<String, Object>) in.computeIfAbsent(path[i], name -> new LinkedHashMap<String, Object>());
        }
        in.put(path[path.length - 1], value);
    }
}
