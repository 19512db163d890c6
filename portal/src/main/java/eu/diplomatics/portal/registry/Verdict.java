package eu.diplomatics.portal.registry;

/** Yes or no, as {@code POST /v1/predicates} answers it. */
public record Verdict(boolean answer, Consultation.Fresh freshAsOf, String accessLogId) {}
