package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.StateRequest;

/** What its supplier does to a qualification after registering it, in order. */
public sealed interface FollowUp {
    record Correction(CorrectionRequest request) implements FollowUp {}

    record Annulment(StateRequest request) implements FollowUp {}

    record Reinstatement(StateRequest request) implements FollowUp {}
}
