package eu.diplomatics.portal.registry;

import java.util.List;

/** What the agency of who asks may ask today, as {@code GET /v1/mandates/mine} answers it. */
public record MyMandates(List<Mandated> mandates) {
    /** @param questions {@code CONSULT}, {@code PREDICATE} and others */
    public record Mandated(String purpose, String legalBasis, List<String> questions) {}
}
