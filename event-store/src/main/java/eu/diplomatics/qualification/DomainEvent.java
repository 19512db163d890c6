package eu.diplomatics.qualification;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

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

    /**
     * @param unlisted JSON pointers of the values that are not in the taxonomy, accepted because the record is a legacy one
     */
    record QualificationRegistered(
            String supplier, String supplierReference, Basis basis, Derived derived, List<String> unlisted)
            implements QualificationEvent {
        public QualificationRegistered {
            Stream.of(supplier, supplierReference, basis, derived).forEach(Objects::requireNonNull);
            unlisted = unlisted == null ? List.of() : List.copyOf(unlisted);
        }

        @Override
        public String type() {
            return "QualificationRegistered";
        }

        @Override
        public String toString() {
            return "QualificationRegistered[redacted]";
        }
    }

    record QualificationCorrected(Basis basis, Derived derived, List<String> unlisted) implements QualificationEvent {
        public QualificationCorrected {
            Stream.of(basis, derived).forEach(Objects::requireNonNull);
            unlisted = unlisted == null ? List.of() : List.copyOf(unlisted);
        }

        @Override
        public String type() {
            return "QualificationCorrected";
        }

        @Override
        public String toString() {
            return "QualificationCorrected[redacted]";
        }
    }

    record QualificationAnnulled(String reasonCode) implements QualificationEvent {
        public QualificationAnnulled {
            Objects.requireNonNull(reasonCode);
        }

        @Override
        public String type() {
            return "QualificationAnnulled";
        }

        @Override
        public String toString() {
            return "QualificationAnnulled[redacted]";
        }
    }

    record QualificationReinstated(String reasonCode) implements QualificationEvent {
        public QualificationReinstated {
            Objects.requireNonNull(reasonCode);
        }

        @Override
        public String type() {
            return "QualificationReinstated";
        }

        @Override
        public String toString() {
            return "QualificationReinstated[redacted]";
        }
    }

    /** Events of a holder's stream; the stream's id is the holder's random id. */
    sealed interface HolderEvent extends DomainEvent {}

    record HolderIdentified(HolderIdentity identity) implements HolderEvent {
        public HolderIdentified {
            Objects.requireNonNull(identity);
        }

        @Override
        public String type() {
            return "HolderIdentified";
        }

        @Override
        public String toString() {
            return "HolderIdentified[redacted]";
        }
    }
}
