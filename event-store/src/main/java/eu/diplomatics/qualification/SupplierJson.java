package eu.diplomatics.qualification;

import eu.diplomatics.qualification.RequestReader.Fields;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Suppliers and institutions as JSON, read as strictly as {@link QualificationJson} reads. */
public final class SupplierJson {
    private static final int NAME = 200;
    private static final int REASON = 1_000;
    private static final int MOST_SUPPLIERS = 100;

    private SupplierJson() {}

    /** @param reason why it is admitted, or changed */
    public record AdmitSupplier(SupplierTerms terms, String reason) {
        @Override
        public String toString() {
            return "AdmitSupplier[redacted]";
        }
    }

    /** @param reason why it is listed, or changed */
    public record ListInstitution(ListedInstitution institution, String reason) {
        @Override
        public String toString() {
            return "ListInstitution[redacted]";
        }
    }

    /** A supplier of this id, which is not in the body. */
    public static Checked<AdmitSupplier> readSupplier(byte[] utf8, RequestRules rules, String id) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root = reader.object(tree, "", Set.of("name", "legacyWide", "reason"));
            String name = reader.required(root, "name", NAME);
            Boolean wide = reader.optionalBoolean(root, "legacyWide");
            String reason = reader.required(root, "reason", REASON);
            return reader.result(
                    () -> new AdmitSupplier(new SupplierTerms(id, name, Boolean.TRUE.equals(wide)), reason));
        });
    }

    /** An institution of this number, which is not in the body. */
    public static Checked<ListInstitution> readInstitution(byte[] utf8, RequestRules rules, String number) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root = reader.object(tree, "", Set.of("name", "type", "municipality", "suppliers", "reason"));
            String name = reader.required(root, "name", NAME);
            String type = reader.required(root, "type", NAME);
            @Nullable String municipality = reader.optional(root, "municipality", NAME);
            Set<String> suppliers = new LinkedHashSet<>(reader.texts(root, "suppliers", MOST_SUPPLIERS));
            if (!suppliers.stream().allMatch(SupplierTerms::isId)) {
                reader.reject(RejectionCode.MALFORMED, "/suppliers", "each must be the id of a supplier");
            }
            String reason = reader.required(root, "reason", REASON);
            return reader.result(() -> new ListInstitution(
                    new ListedInstitution(number, name, type, municipality, List.copyOf(suppliers)), reason));
        });
    }
}
