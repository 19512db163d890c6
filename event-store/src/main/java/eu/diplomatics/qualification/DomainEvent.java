package eu.diplomatics.qualification;

import java.util.List;

/** Everything the log records. Past tense, explicit stable name and version, events are forever. */
public sealed interface DomainEvent {
    /** Stable name, stored in clear. */
    String type();

    /** Version of the shape, from 1. */
    default int typeVersion() {
        return 1;
    }

    /** Events of a qualification's stream; the stream's id is the registry's reference. */
    sealed interface QualificationEvent extends DomainEvent {}

    record QualificationRegistered(
            String supplier, String supplierReference, Basis basis, Derived derived, List<String> unlisted)
            implements QualificationEvent {
        @Override
        public String type() {
            return "QualificationRegistered";
        }
    }

    record QualificationCorrected(Basis basis, Derived derived, List<String> unlisted) implements QualificationEvent {
        @Override
        public String type() {
            return "QualificationCorrected";
        }
    }

    record QualificationAnnulled(String reasonCode) implements QualificationEvent {
        @Override
        public String type() {
            return "QualificationAnnulled";
        }
    }

    record QualificationReinstated(String reasonCode) implements QualificationEvent {
        @Override
        public String type() {
            return "QualificationReinstated";
        }
    }

    /** Events of a holder's stream; the stream's id is the holder's random id. */
    sealed interface HolderEvent extends DomainEvent {}

    record HolderIdentified(HolderIdentity identity) implements HolderEvent {
        @Override
        public String type() {
            return "HolderIdentified";
        }
    }
}
