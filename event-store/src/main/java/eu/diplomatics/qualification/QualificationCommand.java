package eu.diplomatics.qualification;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked of one qualification, after the request was read and held against the taxonomy. */
public sealed interface QualificationCommand {
    /** The supplier that acts; null for somebody else, of whom it was looked at before whether they may. */
    @Nullable
    String supplier();

    record RegisterQualification(
            String supplier,
            String supplierReference,
            HolderIdentity holder,
            Basis basis,
            Derived derived,
            List<String> unlisted)
            implements QualificationCommand {
        @Override
        public String toString() {
            return "RegisterQualification[redacted]";
        }
    }

    record CorrectQualification(String supplier, Basis basis, Derived derived, List<String> unlisted)
            implements QualificationCommand {
        @Override
        public String toString() {
            return "CorrectQualification[redacted]";
        }
    }

    record AnnulQualification(String supplier, String reasonCode) implements QualificationCommand {
        @Override
        public String toString() {
            return "AnnulQualification[redacted]";
        }
    }

    record ReinstateQualification(String supplier, String reasonCode) implements QualificationCommand {
        @Override
        public String toString() {
            return "ReinstateQualification[redacted]";
        }
    }

    /**
     * @param byPerson whether it is the person, or who stands for them, and not the controller
     * @param respondBy the last day on which whoever registered it is to settle the dispute
     */
    record DisputeQualification(boolean byPerson, String reasonCode, LocalDate respondBy)
            implements QualificationCommand {
        @Override
        public @Nullable String supplier() {
            return null;
        }

        @Override
        public String toString() {
            return "DisputeQualification[redacted]";
        }
    }

    record SettleDispute(@Nullable String supplier, DisputeOutcome outcome, String reasonCode)
            implements QualificationCommand {
        @Override
        public String toString() {
            return "SettleDispute[redacted]";
        }
    }
}
