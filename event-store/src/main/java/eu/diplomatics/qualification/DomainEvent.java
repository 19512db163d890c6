package eu.diplomatics.qualification;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
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

    /**
     * It stood under the wrong holder. Stream and reference stay; the header goes on naming the holder it was first filed
     * under, and this content says whose it is.
     *
     * @param from whose it was until now
     * @param to whose it is from now on
     */
    record QualificationMoved(UUID from, UUID to, String reasonCode) implements QualificationEvent {
        public static final String TYPE = "QualificationMoved";

        public QualificationMoved {
            Stream.of(from, to, reasonCode).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "QualificationMoved[redacted]";
        }
    }

    /**
     * Whoever it is about, or the controller for them, says that it is not right. It stays what it is until the dispute is
     * settled; answers say that it is disputed.
     *
     * @param respondBy the last day on which whoever registered it is to settle the dispute
     */
    record QualificationDisputed(String reasonCode, LocalDate respondBy) implements QualificationEvent {
        public static final String TYPE = "QualificationDisputed";

        public QualificationDisputed {
            Stream.of(reasonCode, respondBy).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "QualificationDisputed[redacted]";
        }
    }

    /** The end of the dispute that was open. */
    record DisputeSettled(DisputeOutcome outcome, String reasonCode) implements QualificationEvent {
        public static final String TYPE = "DisputeSettled";

        public DisputeSettled {
            Stream.of(outcome, reasonCode).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "DisputeSettled[redacted]";
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

    /**
     * Two holders are one person. The same content stands in the stream of each, appended together.
     *
     * @param link id of the link, that of the command that made it
     * @param from who had no number, or the one with the number that was replaced
     * @param to the one with the number
     */
    record HolderLinked(UUID link, LinkKind kind, UUID from, UUID to, String reasonCode) implements HolderEvent {
        public HolderLinked {
            Stream.of(link, kind, from, to, reasonCode).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return "HolderLinked";
        }

        @Override
        public String toString() {
            return "HolderLinked[redacted]";
        }
    }

    /** The link was wrong; in the stream of each holder that it tied. */
    record HolderLinkUndone(UUID link, String reasonCode) implements HolderEvent {
        public HolderLinkUndone {
            Stream.of(link, reasonCode).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return "HolderLinkUndone";
        }

        @Override
        public String toString() {
            return "HolderLinkUndone[redacted]";
        }
    }

    /**
     * A qualification that stood under somebody else was moved to this holder. A lead only: the qualification itself says
     * whose it is.
     */
    record QualificationReceived(UUID reference) implements HolderEvent {
        public QualificationReceived {
            Objects.requireNonNull(reference);
        }

        @Override
        public String type() {
            return "QualificationReceived";
        }

        @Override
        public String toString() {
            return "QualificationReceived[redacted]";
        }
    }

    /** Events about the keeping of the log itself, each in a stream of its own. */
    sealed interface KeepingEvent extends DomainEvent {}

    /**
     * A tombstone: why a stream no longer opens.
     *
     * @param kind {@code ERASURE} or {@code WRONG_RECORD}
     * @param caseReference of the controller's file
     */
    record StreamShredded(
            UUID stream, String kind, String reasonCode, String legalBasis, String caseReference, Instant askedAt)
            implements KeepingEvent {
        public static final String TYPE = "StreamShredded";

        public StreamShredded {
            Stream.of(stream, kind, reasonCode, legalBasis, caseReference, askedAt)
                    .forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "StreamShredded[redacted]";
        }
    }

    /**
     * An epoch key is no more, at any site: what stood under it opens nowhere.
     *
     * @param label {@code epoch-YYYY-MM-DD}
     * @param destructions one of each site, in the order of their names
     */
    record KeyRetired(String label, List<Destruction> destructions) implements KeepingEvent {
        public static final String TYPE = "KeyRetired";

        public KeyRetired {
            Objects.requireNonNull(label);
            destructions = List.copyOf(destructions);
            if (destructions.isEmpty()) {
                throw new IllegalArgumentException("a key is retired by its destruction");
            }
        }

        /**
         * What a site of the custodian signed; hashes are SHA-256, hex.
         *
         * @param receiptHash of the statement of its receipt, which the registry keeps
         * @param inventoryHash of what said that nothing stands under the key any more
         */
        public record Destruction(String custodian, String receiptHash, String inventoryHash) {
            public Destruction {
                Stream.of(custodian, receiptHash, inventoryHash).forEach(Objects::requireNonNull);
            }

            @Override
            public String toString() {
                return "Destruction[redacted]";
            }
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "KeyRetired[redacted]";
        }
    }

    /**
     * The log goes on in a new incarnation, after it lost events that were signed.
     *
     * @param incarnation that begins here, from 2
     * @param keptSize up to this position the log is the one that was signed
     * @param signedSize leaves under the last checkpoint of the incarnation before
     * @param highestKnown the highest position that anybody knew of; from here back to {@code keptSize} a position may have
     *     been given to an event that is lost
     * @param statement the declaration as it was signed, a note
     */
    record LogResumed(
            int incarnation, long keptSize, long signedSize, long highestKnown, String reasonCode, String statement)
            implements KeepingEvent {
        public static final String TYPE = "LogResumed";

        public LogResumed {
            Stream.of(reasonCode, statement).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "LogResumed[redacted]";
        }
    }

    /**
     * Stands at a position that was given to an event which is lost, so that nothing else ever stands there.
     *
     * @param incarnation that declares it
     */
    record PositionLost(int incarnation) implements KeepingEvent {
        public static final String TYPE = "PositionLost";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Events that tell what somebody did with the register, each in a stream of its own. */
    sealed interface AuditEvent extends DomainEvent {}

    /**
     * The controller looked for holders by name.
     *
     * @param found the holders that were answered
     */
    record HoldersSought(String familyName, String givenNames, PartialDate birthDate, List<UUID> found)
            implements AuditEvent {
        public static final String TYPE = "HoldersSought";

        public HoldersSought {
            Stream.of(familyName, givenNames, birthDate).forEach(Objects::requireNonNull);
            found = List.copyOf(found);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "HoldersSought[redacted]";
        }
    }

    /** Events of the controller's own reference data, each kind in one stream of its own. */
    sealed interface ReferenceEvent extends DomainEvent {}

    /** Of the mandates. */
    sealed interface MandateEvent extends ReferenceEvent {}

    /** Of the suppliers, and the institutions that they register for. */
    sealed interface SupplierEvent extends ReferenceEvent {}

    /** Of the taxonomy. */
    sealed interface TaxonomyEvent extends ReferenceEvent {}

    /**
     * A mandate is granted, or granted anew in other terms.
     *
     * @param mandate its id, the same for all versions
     */
    record MandateGranted(UUID mandate, Mandate terms) implements MandateEvent {
        public static final String TYPE = "MandateGranted";

        public MandateGranted {
            Objects.requireNonNull(mandate);
            Objects.requireNonNull(terms);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "MandateGranted[redacted]";
        }
    }

    /** A mandate holds no longer, until it is granted again. */
    record MandateWithdrawn(UUID mandate, String agency, String purpose, String reasonCode) implements MandateEvent {
        public static final String TYPE = "MandateWithdrawn";

        public MandateWithdrawn {
            Stream.of(mandate, agency, purpose, reasonCode).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "MandateWithdrawn[redacted]";
        }
    }

    /** A supplier is admitted, or what is known of it changes. */
    record SupplierAdmitted(SupplierTerms supplier) implements SupplierEvent {
        public static final String TYPE = "SupplierAdmitted";

        public SupplierAdmitted {
            Objects.requireNonNull(supplier);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "SupplierAdmitted[redacted]";
        }
    }

    /**
     * A supplier registers no more, until it is admitted again; what it registered stays.
     *
     * @param supplier as it was known: perhaps by a file only
     */
    record SupplierWithdrawn(SupplierTerms supplier, String reasonCode) implements SupplierEvent {
        public static final String TYPE = "SupplierWithdrawn";

        public SupplierWithdrawn {
            Stream.of(supplier, reasonCode).forEach(Objects::requireNonNull);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "SupplierWithdrawn[redacted]";
        }
    }

    /** An institution, and who registers for it from now on; nobody, where there are no suppliers. */
    record InstitutionListed(ListedInstitution institution) implements SupplierEvent {
        public static final String TYPE = "InstitutionListed";

        public InstitutionListed {
            Objects.requireNonNull(institution);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "InstitutionListed[redacted]";
        }
    }

    /** An entry of the taxonomy, all of it, as it is from now on. */
    record TaxonomyEntryListed(TaxonomyEntry entry) implements TaxonomyEvent {
        public static final String TYPE = "TaxonomyEntryListed";

        public TaxonomyEntryListed {
            Objects.requireNonNull(entry);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public String toString() {
            return "TaxonomyEntryListed[redacted]";
        }
    }
}
