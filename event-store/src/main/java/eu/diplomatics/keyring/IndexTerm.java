package eu.diplomatics.keyring;

import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.NameKey;
import java.util.List;

/**
 * Something a person or a look-up is found by, before it is blinded. It never prints its parts.
 *
 * @param own the version of the keys it is blinded under; 0 for the one that the holders' index has in force
 */
public record IndexTerm(Kind kind, List<String> parts, int own) {
    /** Kinds never share a value: the kind is part of what is digested, and the access log has a key of its own. */
    public enum Kind {
        HOLDER_INSZ("holder-insz", "holder-index"),
        HOLDER_LOCAL("holder-local", "holder-index"),
        HOLDER_NAME("holder-name", "holder-index"),
        ACCESS_LOG("access-log", "access-log-index");

        private final String code;
        private final String custodianKey;

        Kind(String code, String custodianKey) {
            this.code = code;
            this.custodianKey = custodianKey;
        }

        String code() {
            return code;
        }

        /** The custodian's key for a version of the index. */
        String custodianKey(int version) {
            return versioned(custodianKey, version);
        }
    }

    public IndexTerm {
        parts = List.copyOf(parts);
        if (own < 0 || (kind == Kind.ACCESS_LOG) != (own > 0)) {
            throw new IllegalArgumentException("the access log, and nobody else, has versions of its own");
        }
    }

    private IndexTerm(Kind kind, List<String> parts) {
        this(kind, parts, 0);
    }

    /** The version its values have where the holders' have {@code holders}. */
    int version(int holders) {
        return own == 0 ? holders : own;
    }

    /** A holder by national number. */
    public static IndexTerm holder(Insz insz) {
        return new IndexTerm(Kind.HOLDER_INSZ, List.of(insz.digits()));
    }

    /** A holder without national number: the supplier's own number, unique within that supplier. */
    public static IndexTerm holder(String supplier, String localNumber) {
        return new IndexTerm(Kind.HOLDER_LOCAL, List.of(supplier, localNumber));
    }

    /** A holder without national number, by name and birth date: many share a value. */
    public static IndexTerm holder(NameKey name) {
        return new IndexTerm(Kind.HOLDER_NAME, List.of(name.familyName(), name.givenName(), name.birthDate()));
    }

    /** Names of keys by version: the plain name is version 1. */
    static String versioned(String name, int version) {
        return version == 1 ? name : name + "-" + version;
    }

    /**
     * The person an access-log row is about; found later also where the search had no hit.
     *
     * @param version of the access log's index keys, one of {@link AccessIndexVersions}
     */
    public static IndexTerm accessLog(Insz insz, int version) {
        return new IndexTerm(Kind.ACCESS_LOG, List.of(insz.digits()), version);
    }

    @Override
    public String toString() {
        return "IndexTerm[" + kind + ", redacted]";
    }
}
