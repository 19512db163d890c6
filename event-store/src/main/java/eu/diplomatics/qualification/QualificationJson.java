package eu.diplomatics.qualification;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.databind.JacksonModule;

/**
 * Requests and answers as JSON. Reading is strict: UTF-8, bounded in size and depth, no unknown field, no key twice, no
 * coercion of types; everything that is wrong is reported at once, with the pointer of its place and without its value.
 */
public final class QualificationJson {
    /** The longest document that is read. */
    public static final int MAX_BYTES = JsonTree.MAX_BYTES;

    private QualificationJson() {}

    /** {@code {supplierReference, holder, basis}}; in {@link Mode#LEGACY} also {@code derived}. */
    public static Checked<RegistrationRequest> readRegistration(byte[] utf8, RequestRules rules) {
        return read(utf8, rules, RequestFields::registration);
    }

    /**
     * As {@link #readRegistration}, of a line of a batch: the member {@link QualificationCsv#ERROR_CODES} that a rejected
     * line was handed back with is passed over.
     */
    public static Checked<RegistrationRequest> readRow(byte[] utf8, RequestRules rules) {
        return read(utf8, rules, (tree, reader) -> {
            if (tree instanceof Map<?, ?> fields) {
                fields.remove(QualificationCsv.ERROR_CODES);
            }
            return RequestFields.registration(tree, reader);
        });
    }

    /** The supplier's reference of a registration that is wrong elsewhere, so that its answer can be told from others. */
    public static Optional<String> supplierReference(byte[] utf8) {
        return JsonTree.parse(utf8, new ArrayList<>()) instanceof Checked.Valid<Object>(Map<?, ?> fields)
                        && fields.get("supplierReference") instanceof String reference
                ? RequestFields.supplierReference(reference)
                : Optional.empty();
    }

    /** {@code {basis, reason}} */
    public static Checked<CorrectionRequest> readCorrection(byte[] utf8, RequestRules rules) {
        return read(utf8, rules, RequestFields::correction);
    }

    /** {@code {reasonCode, reason}} */
    public static Checked<StateRequest> readState(byte[] utf8, RequestRules rules) {
        return read(utf8, rules, RequestFields::state);
    }

    /** {@code {outcome, reasonCode, reason}} */
    public static Checked<SettlementRequest> readSettlement(byte[] utf8, RequestRules rules) {
        return read(utf8, rules, RequestFields::settlement);
    }

    /**
     * How the types of this package are written and read by a mapper: dates and numbers of persons as text, a holder as
     * {@code {insz}} or {@code {familyName, …}}, absent and empty values left out.
     */
    public static JacksonModule module() {
        return new QualificationModule();
    }

    static <T> Checked<T> read(byte[] utf8, RequestRules rules, BiFunction<Object, RequestReader, Checked<T>> fields) {
        List<Rejection> rejections = new ArrayList<>();
        return switch (JsonTree.parse(utf8, rejections)) {
            case Checked.Valid<Object>(Object tree) -> fields.apply(tree, new RequestReader(rules, rejections));
            case Checked.Invalid<Object>(List<Rejection> malformed) -> new Checked.Invalid<>(malformed);
        };
    }
}
