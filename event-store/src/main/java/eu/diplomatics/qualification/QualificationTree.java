package eu.diplomatics.qualification;

import java.util.ArrayList;
import java.util.Map;

/**
 * Requests that another format was read into: maps by the names of the JSON fields, lists, texts, numbers and booleans. The
 * rules are those of {@link QualificationJson}, and so are the pointers of what is rejected.
 */
public final class QualificationTree {
    private QualificationTree() {}

    /** {@code {supplierReference, holder, basis}} */
    public static Checked<RegistrationRequest> registration(Map<String, Object> tree, RequestRules rules) {
        return RequestFields.registration(tree, new RequestReader(rules, new ArrayList<>()));
    }

    /** {@code {basis, reason}} */
    public static Checked<CorrectionRequest> correction(Map<String, Object> tree, RequestRules rules) {
        return RequestFields.correction(tree, new RequestReader(rules, new ArrayList<>()));
    }

    /** {@code {reasonCode, reason}} */
    public static Checked<StateRequest> state(Map<String, Object> tree, RequestRules rules) {
        return RequestFields.state(tree, new RequestReader(rules, new ArrayList<>()));
    }
}
