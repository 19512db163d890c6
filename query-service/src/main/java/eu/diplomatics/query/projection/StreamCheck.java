package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.Leaf;
import eu.diplomatics.eventstore.StoredEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What must hold of an event and of a stream before either is answered from. */
final class StreamCheck {
    /** Types this service can answer from; every one of them is at version 1. */
    static final Set<String> KNOWN = Set.of(
            "QualificationRegistered",
            "QualificationCorrected",
            "QualificationAnnulled",
            "QualificationReinstated",
            "QualificationMoved",
            "QualificationDisputed",
            "DisputeSettled",
            "HolderIdentified",
            "HolderLinked",
            "HolderLinkUndone",
            "QualificationReceived",
            "HoldersSought",
            "StreamShredded",
            "KeyRetired",
            "LogResumed",
            "PositionLost",
            "MandateGranted",
            "MandateWithdrawn",
            "SupplierAdmitted",
            "SupplierWithdrawn",
            "InstitutionListed",
            "TaxonomyEntryListed");

    private StreamCheck() {}

    static Optional<ParkReason> event(StoredEvent event) {
        EventContext context = event.context();
        if (!Arrays.equals(event.leaf(), Leaf.of(event))) {
            return Optional.of(ParkReason.LEAF_MISMATCH);
        }
        if (event.isContentLost()) {
            return Optional.of(ParkReason.CONTENT_LOST);
        }
        return KNOWN.contains(context.type()) && context.typeVersion() == 1
                ? Optional.empty()
                : Optional.of(ParkReason.TYPE_UNKNOWN);
    }

    /** A whole stream: versions from 1 without gap, one holder, positions that rise. */
    static Optional<ParkReason> stream(List<StoredEvent> events) {
        long version = 0;
        long position = 0;
        for (StoredEvent event : events) {
            Optional<ParkReason> failure = event(event);
            if (failure.isPresent()) {
                return failure;
            }
            if (event.context().version() != ++version || event.position() <= position) {
                return Optional.of(ParkReason.VERSION_GAP);
            }
            if (!event.holder().equals(events.getFirst().holder())) {
                return Optional.of(ParkReason.HOLDER_DIFFERS);
            }
            position = event.position();
        }
        return Optional.empty();
    }
}
