package eu.diplomatics.qualification;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is asked about who somebody is, as it was read. */
public sealed interface HolderRequest {
    /** Why; of the supplier's or the controller's own list. */
    StateRequest why();

    /** Which holder without number. */
    sealed interface Named {
        /** The one of this qualification. */
        record ByReference(UUID reference) implements Named {}

        /** @param supplier whose number it is; null for the caller's own */
        record ByLocalNumber(@Nullable String supplier, String localNumber) implements Named {
            @Override
            public String toString() {
                return "ByLocalNumber[redacted]";
            }
        }
    }

    /** Somebody without number has this one. */
    record LinkNumber(Named named, Insz insz, StateRequest why) implements HolderRequest {
        @Override
        public String toString() {
            return "LinkNumber[redacted]";
        }
    }

    record ReplaceNumber(Insz oldInsz, Insz newInsz, StateRequest why) implements HolderRequest {}

    /** A qualification belongs to somebody else. */
    record MoveQualification(HolderIdentity to, StateRequest why) implements HolderRequest {}

    /** Who, known without number, may have this name and birth date. */
    record SeekHolders(String familyName, String givenNames, PartialDate birthDate, StateRequest why)
            implements HolderRequest {
        @Override
        public String toString() {
            return "SeekHolders[redacted]";
        }
    }
}
