package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.TaxonomyEntry;
import eu.diplomatics.taxonomy.TaxonomyList.LinkRule;
import java.util.ArrayList;
import java.util.List;

/** A taxonomy may not contradict itself: a wrong one stops the start, or the change, not the thousandth registration. */
final class TaxonomyConsistency {
    private TaxonomyConsistency() {}

    /** @throws InvalidTaxonomyException when an entry names another that is not there */
    static void check(TaxonomyEntries all) {
        for (TaxonomyList list : TaxonomyList.values()) {
            for (LinkRule rule : list.links()) {
                for (TaxonomyEntry entry : all.all(list)) {
                    check(all, list, rule, entry);
                }
            }
        }
    }

    private static void check(TaxonomyEntries all, TaxonomyList list, LinkRule rule, TaxonomyEntry entry) {
        for (String code : entry.codes(rule.name())) {
            if (!rule.isAny(code) && all.find(rule.to(), code).isEmpty()) {
                throw new InvalidTaxonomyException(
                        list.label() + " '" + entry.code() + "' uses a value that is not listed: " + code);
            }
        }
    }

    /** What speaks against an entry, or against what it is to become. */
    static List<Rejection> refusals(TaxonomyEntries all, TaxonomyList list, TaxonomyEntry entry) {
        List<Rejection> refusals = new ArrayList<>();
        for (LinkRule rule : list.links()) {
            refuse(all, rule, entry, refusals);
        }
        if (entry.closedFrom() != null && isOutlived(all, list, entry)) {
            refusals.add(new Rejection(
                    RejectionCode.VALUE_IN_USE,
                    "/closedFrom",
                    "an entry that is closed later, or not, follows from it"));
        }
        return refusals;
    }

    private static void refuse(TaxonomyEntries all, LinkRule rule, TaxonomyEntry entry, List<Rejection> refusals) {
        String pointer = "/links/" + rule.name();
        List<String> codes = entry.codes(rule.name());
        if (codes.isEmpty() && rule.required()) {
            refusals.add(new Rejection(RejectionCode.FIELD_REQUIRED, pointer, "must be given"));
        }
        if (codes.size() > 1 && !rule.many()) {
            refusals.add(new Rejection(RejectionCode.MALFORMED, pointer, "must be one"));
        }
        for (int i = 0; i < codes.size(); i++) {
            if (rule.isAny(codes.get(i))) {
                continue;
            }
            TaxonomyEntry named = all.find(rule.to(), codes.get(i)).orElse(null);
            if (named == null) {
                refusals.add(new Rejection(
                        RejectionCode.VALUE_NOT_IN_TAXONOMY, pointer + '/' + i, "is not in the list it is to be of"));
            } else if (!rule.many() && named.closesBefore(entry)) {
                refusals.add(new Rejection(
                        RejectionCode.VALUE_CLOSED, pointer + '/' + i, "is closed before what follows from it"));
            }
        }
    }

    /**
     * Whether something that goes on beyond it names it as the one that it has. Who names several values goes on with those
     * that are left.
     */
    private static boolean isOutlived(TaxonomyEntries all, TaxonomyList list, TaxonomyEntry entry) {
        for (TaxonomyList other : TaxonomyList.values()) {
            for (LinkRule rule : other.links()) {
                if (rule.to() == list
                        && !rule.many()
                        && all.all(other).stream()
                                .anyMatch(naming -> naming.codes(rule.name()).contains(entry.code())
                                        && entry.closesBefore(naming))) {
                    return true;
                }
            }
        }
        return false;
    }
}
