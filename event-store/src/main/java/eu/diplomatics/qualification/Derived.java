package eu.diplomatics.qualification;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Derived data [afgeleid]: computed from the taxonomy in force, whose version is recorded; null where it says nothing. */
public record Derived(
        @Nullable Code iscedField1997,
        @Nullable Code iscedField2013,
        @Nullable Code iscedLevel1997,
        @Nullable Code iscedLevel2011,
        @Nullable Code vksEducation,
        @Nullable Code vksProfessional,
        @Nullable Integer eqf,
        String taxonomyVersion) {
    public Derived {
        Objects.requireNonNull(taxonomyVersion);
    }

    /** The version given to derived data that came with a legacy record without saying which taxonomy they follow. */
    public static final String AS_SUPPLIED = "as-supplied";

    /** A code of a classification, with its name where it is known. */
    public record Code(String code, @Nullable String name) {
        public Code {
            Objects.requireNonNull(code);
        }

        @Override
        public String toString() {
            return "Code[redacted]";
        }
    }

    @Override
    public String toString() {
        return "Derived[redacted]";
    }
}
