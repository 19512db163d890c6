package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.TaxonomyEntry;
import eu.diplomatics.taxonomy.TaxonomyFile.Combination;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass over one qualification's basis data. */
final class TaxonomyRules {
    private final Taxonomy taxonomy;
    private final Basis basis;
    private final List<Rejection> rejections = new ArrayList<>();

    TaxonomyRules(Taxonomy taxonomy, Basis basis) {
        this.taxonomy = taxonomy;
        this.basis = basis;
        checkValues();
        checkFreeText();
        if (rejections.isEmpty()) {
            checkCombination();
        }
    }

    List<Rejection> rejections() {
        return rejections;
    }

    private void checkValues() {
        listed("/authenticity", basis.authenticity(), TaxonomyList.AUTHENTICITY);
        listed("/category", basis.category(), TaxonomyList.CATEGORY);
        listed("/degree", basis.degree(), TaxonomyList.DEGREE);
        listed("/educationForm", basis.educationForm(), TaxonomyList.EDUCATION_FORM);
        listed("/finality", basis.finality(), TaxonomyList.FINALITY);
        listed("/kind", basis.kind(), TaxonomyList.KIND);
        listed("/state", basis.state(), TaxonomyList.STATE);
        listed("/awardingBody", basis.awardingBody(), TaxonomyList.AWARDING_BODY);
        listed("/schoolType", basis.schoolType(), TaxonomyList.SCHOOL_TYPE);
        listed("/subject/code", basis.subject().code(), TaxonomyList.SUBJECT);
        listed("/country", basis.country(), TaxonomyList.COUNTRY);
        listed("/language", basis.language(), TaxonomyList.LANGUAGE);
        for (int i = 0; i < basis.alternativeBodies().size(); i++) {
            Basis.AlternativeBody body = basis.alternativeBodies().get(i);
            listed("/alternativeBodies/" + i + "/role", body.role(), TaxonomyList.ALTERNATIVE_ROLE);
            listed("/alternativeBodies/" + i + "/body", body.body(), TaxonomyList.AWARDING_BODY);
        }
        for (int i = 0; i < basis.additionalInformation().size(); i++) {
            listed(
                    "/additionalInformation/" + i + "/name",
                    basis.additionalInformation().get(i).name(),
                    TaxonomyList.INFORMATION_NAME);
        }
    }

    private void checkFreeText() {
        known("/fullName", basis.fullName());
        known("/institution/name", basis.institution().name());
        known("/subject/name", basis.subject().name());
        known("/fieldOfStudy", basis.fieldOfStudy());
        known("/specialisation", basis.specialisation());
        known("/detail", basis.detail());
        if (basis.institution().number() == null) {
            notListed("/institution/number");
        }
        if (basis.awardedOn().year() < taxonomy.file().earliestYear()) {
            reject(RejectionCode.VALUE_NOT_IN_TAXONOMY, "/awardedOn", "is before the first year there can be one of");
        }
    }

    private void checkCombination() {
        if (taxonomy.isCombination(basis)) {
            return;
        }
        // which of the values is the first that none of the combinations left has
        List<Combination> left = taxonomy.combinations(basis);
        for (Dimension dimension : Dimension.ALL) {
            left = left.stream().filter(c -> dimension.allows(c, basis)).toList();
            if (left.isEmpty()) {
                reject(
                        RejectionCode.COMBINATION_NOT_ALLOWED,
                        "/" + dimension.name(),
                        "does not go together with the category and the values before it");
                return;
            }
        }
    }

    private void listed(String pointer, @Nullable String value, TaxonomyList list) {
        if (value == null) {
            return;
        }
        TaxonomyEntry entry = taxonomy.find(list, value).orElse(null);
        if (entry == null) {
            notListed(pointer);
        } else if (entry.isClosedOn(basis.awardedOn())) {
            reject(RejectionCode.VALUE_CLOSED, pointer, "was closed by the date of award");
        }
    }

    private void known(String pointer, Basis.@Nullable Detail detail) {
        if (detail != null) {
            known(pointer + "/name", detail.name());
            known(pointer + "/code", detail.code());
        }
    }

    private void known(String pointer, @Nullable String text) {
        if (Taxonomy.NOT_AVAILABLE.equals(text)) {
            notListed(pointer);
        }
    }

    private void notListed(String pointer) {
        reject(RejectionCode.VALUE_NOT_IN_TAXONOMY, pointer, "is not one of the values of the taxonomy in force");
    }

    private void reject(RejectionCode code, String pointer, String message) {
        rejections.add(new Rejection(code, "/basis" + pointer, message));
    }
}
