package eu.diplomatics.qualification;

import java.util.List;

/** What a supplier asks of one qualification, after its request was read and held against the taxonomy. */
public sealed interface QualificationCommand {
    /** The supplier that acts. */
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
}
