package eu.diplomatics.qualification;

import eu.diplomatics.qualification.HolderRequest.LinkNumber;
import eu.diplomatics.qualification.HolderRequest.MoveQualification;
import eu.diplomatics.qualification.HolderRequest.Named;
import eu.diplomatics.qualification.HolderRequest.ReplaceNumber;
import eu.diplomatics.qualification.HolderRequest.SeekHolders;
import eu.diplomatics.qualification.RequestReader.Fields;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Requests about holders as JSON, read as strictly as {@link QualificationJson} reads. */
public final class HolderRequestJson {
    private static final int SUPPLIER = 100;
    private static final UUID NO_REFERENCE = new UUID(0, 0);

    private HolderRequestJson() {}

    /** {@code {reference | localNumber [, supplier], insz, reasonCode, reason}} */
    public static Checked<LinkNumber> readLink(byte[] utf8, RequestRules rules) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root = reader.object(
                    tree, "", Set.of("reference", "supplier", "localNumber", "insz", "reasonCode", "reason"));
            Named named = named(root, reader);
            Insz insz = RequestFields.insz(root, "insz", reader);
            StateRequest why = RequestFields.why(root, reader);
            return reader.result(() -> new LinkNumber(named, Objects.requireNonNull(insz), why));
        });
    }

    private static Named named(Fields root, RequestReader reader) {
        if (root.has("reference") && (root.has("supplier") || root.has("localNumber"))) {
            reader.reject(RejectionCode.MALFORMED, "", "either a reference or a local number");
        }
        if (!root.has("reference")) {
            String supplier = reader.optional(root, "supplier", SUPPLIER);
            return new Named.ByLocalNumber(supplier, reader.required(root, "localNumber", RequestFields.LOCAL_NUMBER));
        }
        return new Named.ByReference(reference(reader.required(root, "reference", 36), reader));
    }

    private static UUID reference(String text, RequestReader reader) {
        try {
            UUID reference = UUID.fromString(text);
            if (reference.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return reference;
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        reader.reject(RejectionCode.MALFORMED, "/reference", "must be a reference of the registry");
        return NO_REFERENCE;
    }

    /** {@code {oldInsz, newInsz, reasonCode, reason}} */
    public static Checked<ReplaceNumber> readReplacement(byte[] utf8, RequestRules rules) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root = reader.object(tree, "", Set.of("oldInsz", "newInsz", "reasonCode", "reason"));
            Insz old = RequestFields.insz(root, "oldInsz", reader);
            Insz replacement = RequestFields.insz(root, "newInsz", reader);
            if (old != null && old.equals(replacement)) {
                reader.reject(RejectionCode.LINK_CONFLICT, "/newInsz", "a number does not replace itself");
            }
            StateRequest why = RequestFields.why(root, reader);
            return reader.result(
                    () -> new ReplaceNumber(Objects.requireNonNull(old), Objects.requireNonNull(replacement), why));
        });
    }

    /** {@code {holder, reasonCode, reason}} */
    public static Checked<MoveQualification> readMove(byte[] utf8, RequestRules rules) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root = reader.object(tree, "", Set.of("holder", "reasonCode", "reason"));
            HolderIdentity holder = RequestFields.holder(root, reader);
            StateRequest why = RequestFields.why(root, reader);
            return reader.result(() -> new MoveQualification(holder, why));
        });
    }

    /** {@code {familyName, givenNames, birthDate, reasonCode, reason}} */
    public static Checked<SeekHolders> readSearch(byte[] utf8, RequestRules rules) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root =
                    reader.object(tree, "", Set.of("familyName", "givenNames", "birthDate", "reasonCode", "reason"));
            String familyName = reader.required(root, "familyName", RequestFields.VALUE);
            String givenNames = reader.required(root, "givenNames", RequestFields.VALUE);
            PartialDate birthDate = reader.requiredDate(root, "birthDate");
            StateRequest why = RequestFields.why(root, reader);
            return reader.result(() -> new SeekHolders(familyName, givenNames, Objects.requireNonNull(birthDate), why));
        });
    }
}
