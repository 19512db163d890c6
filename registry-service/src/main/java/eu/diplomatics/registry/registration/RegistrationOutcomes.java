package eu.diplomatics.registry.registration;

import java.util.List;

/** The answer to one {@link RegisterQualifications}: an outcome for each row, in their order. */
record RegistrationOutcomes(List<RegistrationOutcome> outcomes) {}
