package eu.diplomatics.qualification;

import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import eu.diplomatics.qualification.RequestReader.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of a request and their bounds; lengths are those of the LED's schema 2.00 where it has them. */
final class RequestFields {
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]+");
    /** Who disputed withdraws; nobody settles it so for them. */
    private static final Set<String> SETTLEMENTS = Set.of(DisputeOutcome.CHANGED.name(), DisputeOutcome.UPHELD.name());

    static final Set<String> REGISTRATION = Set.of("supplierReference", "holder", "basis");
    static final Set<String> LEGACY_REGISTRATION = Set.of("supplierReference", "holder", "basis", "derived");
    static final Set<String> HOLDER = Set.of("insz", "familyName", "givenNames", "birthDate", "localNumber");
    static final Set<String> BASIS = Set.of(
            "authenticity",
            "category",
            "degree",
            "educationForm",
            "finality",
            "viaRecognition",
            "kind",
            "state",
            "awardingBody",
            "subject",
            "awardedOn",
            "fullName",
            "country",
            "language",
            "institution",
            "schoolType",
            "fieldOfStudy",
            "specialisation",
            "detail",
            "validityPeriod",
            "adultEducationHours",
            "alternativeBodies",
            "additionalInformation");
    static final Set<String> SUBJECT = Set.of("code", "name");
    static final Set<String> INSTITUTION = Set.of("name", "number");
    static final Set<String> DETAIL = Set.of("name", "code");
    static final Set<String> ALTERNATIVE_BODY = Set.of("role", "body");
    static final Set<String> ADDITIONAL_INFORMATION = Set.of("name", "content");
    static final Set<String> DERIVED = Set.of(
            "iscedField1997",
            "iscedField2013",
            "iscedLevel1997",
            "iscedLevel2011",
            "vksEducation",
            "vksProfessional",
            "eqf",
            "taxonomyVersion");

    /** A value of a list of the taxonomy. */
    static final int VALUE = 255;

    static final int LOCAL_NUMBER = 100;

    /** The LED has 36; suppliers outside it have longer ones. */
    private static final int SUPPLIER_REFERENCE = 100;

    private static final int LIST = 50;
    private static final PartialDate NO_DATE = new PartialDate(1800, null, null);
    private static final HolderIdentity NO_HOLDER = new ByName("", "", NO_DATE, "");

    private RequestFields() {}

    static Checked<RegistrationRequest> registration(Object tree, RequestReader reader) {
        boolean legacy = reader.rules().mode() == Mode.LEGACY;
        Fields root = reader.object(tree, "", legacy ? LEGACY_REGISTRATION : REGISTRATION);
        String reference = reader.required(root, "supplierReference", SUPPLIER_REFERENCE);
        HolderIdentity holder = holder(root, reader);
        Basis basis = basis(root, reader);
        Derived derived = legacy ? derived(root, reader) : null;
        return reader.result(() -> new RegistrationRequest(reference, holder, basis, derived));
    }

    /** Empty when the text is no usable reference. */
    static Optional<String> supplierReference(String text) {
        String reference = Text.normalise(text);
        return reference.isEmpty() || reference.length() > SUPPLIER_REFERENCE || Text.hasIllegalCharacter(text)
                ? Optional.empty()
                : Optional.of(reference);
    }

    static Checked<CorrectionRequest> correction(Object tree, RequestReader reader) {
        Fields root = reader.object(tree, "", Set.of("basis", "reason"));
        Basis basis = basis(root, reader);
        String reason = reader.required(root, "reason", 1000);
        return reader.result(() -> new CorrectionRequest(basis, reason));
    }

    static Checked<StateRequest> state(Object tree, RequestReader reader) {
        StateRequest why = why(reader.object(tree, "", Set.of("reasonCode", "reason")), reader);
        return reader.result(() -> why);
    }

    static Checked<SettlementRequest> settlement(Object tree, RequestReader reader) {
        Fields root = reader.object(tree, "", Set.of("outcome", "reasonCode", "reason"));
        String outcome = reader.required(root, "outcome", 20);
        StateRequest why = why(root, reader);
        if (!outcome.isEmpty() && !SETTLEMENTS.contains(outcome)) {
            reader.reject(RejectionCode.MALFORMED, "/outcome", "must be CHANGED or UPHELD");
        }
        return reader.result(() -> new SettlementRequest(DisputeOutcome.valueOf(outcome), why));
    }

    static StateRequest why(Fields root, RequestReader reader) {
        String code = reader.required(root, "reasonCode", 50);
        if (!code.isEmpty() && !CODE.matcher(code).matches()) {
            reader.reject(
                    RejectionCode.MALFORMED,
                    "/reasonCode",
                    "must be a code of letters, digits, hyphen, underscore and dot");
        }
        return new StateRequest(code, reader.required(root, "reason", 1000));
    }

    /** A national number of a request; null when it is refused. */
    static @Nullable Insz insz(Fields in, String name, RequestReader reader) {
        String digits = reader.required(in, name, 30);
        if (digits.isEmpty()) {
            return null;
        }
        return switch (Insz.parse(digits, reader.rules().numbers(), in.pointer() + '/' + name)) {
            case Checked.Valid<Insz>(Insz insz) -> insz;
            case Checked.Invalid<Insz>(List<Rejection> rejections) -> {
                rejections.forEach(r -> reader.reject(r.code(), r.pointer(), r.message()));
                yield null;
            }
        };
    }

    static HolderIdentity holder(Fields root, RequestReader reader) {
        Fields holder = reader.requiredObject(root, "holder", HOLDER);
        if (holder.has("insz")) {
            if (holder.values().keySet().stream().anyMatch(name -> !name.equals("insz") && holder.has(name))) {
                reader.reject(
                        RejectionCode.MALFORMED,
                        "/holder",
                        "either the national number or names, birth date and local number");
            }
            Insz insz = insz(holder, "insz", reader);
            return insz == null ? NO_HOLDER : new ByInsz(insz);
        }
        String familyName = reader.required(holder, "familyName", VALUE);
        String givenNames = reader.required(holder, "givenNames", VALUE);
        PartialDate birthDate = reader.requiredDate(holder, "birthDate");
        String localNumber = reader.required(holder, "localNumber", LOCAL_NUMBER);
        return new ByName(familyName, givenNames, birthDate == null ? NO_DATE : birthDate, localNumber);
    }

    private static Basis basis(Fields root, RequestReader reader) {
        Fields basis = reader.requiredObject(root, "basis", BASIS);
        Fields subject = reader.requiredObject(basis, "subject", SUBJECT);
        Fields institution = reader.requiredObject(basis, "institution", INSTITUTION);
        PartialDate awardedOn = reader.requiredDate(basis, "awardedOn");
        return new Basis(
                reader.required(basis, "authenticity", VALUE),
                reader.required(basis, "category", VALUE),
                reader.required(basis, "degree", VALUE),
                reader.required(basis, "educationForm", VALUE),
                reader.optional(basis, "finality", VALUE),
                reader.optionalBoolean(basis, "viaRecognition"),
                reader.required(basis, "kind", VALUE),
                reader.required(basis, "state", VALUE),
                reader.required(basis, "awardingBody", VALUE),
                new Basis.Subject(reader.required(subject, "code", VALUE), reader.optional(subject, "name", VALUE)),
                awardedOn == null ? NO_DATE : awardedOn,
                reader.required(basis, "fullName", 1000),
                reader.required(basis, "country", VALUE),
                reader.required(basis, "language", VALUE),
                new Basis.Institution(reader.required(institution, "name", 120), number(institution, reader)),
                reader.required(basis, "schoolType", VALUE),
                detail(basis, "fieldOfStudy", reader),
                detail(basis, "specialisation", reader),
                detail(basis, "detail", reader),
                reader.optional(basis, "validityPeriod", 100),
                reader.optionalCount(basis, "adultEducationHours", Integer.MAX_VALUE),
                alternativeBodies(basis, reader),
                additionalInformation(basis, reader));
    }

    private static @Nullable String number(Fields institution, RequestReader reader) {
        boolean required = reader.rules().mode() == Mode.STRICT;
        String number =
                required ? reader.required(institution, "number", 6) : reader.optional(institution, "number", 6);
        if (number != null && !number.isEmpty() && !RequestReader.isDigits(number)) {
            reader.reject(
                    RejectionCode.MALFORMED,
                    institution.pointer() + "/number",
                    "an institution's number has digits only");
        }
        return number;
    }

    private static Basis.@Nullable Detail detail(Fields basis, String name, RequestReader reader) {
        Fields detail = reader.object(basis, name, DETAIL);
        if (detail == null) {
            return null;
        }
        String code = reader.optional(detail, "code", 1000);
        boolean nameRequired = code != null && reader.rules().mode() == Mode.STRICT;
        String text = nameRequired ? reader.required(detail, "name", 2000) : reader.optional(detail, "name", 2000);
        return text == null && code == null ? null : new Basis.Detail(text, code);
    }

    private static List<Basis.AlternativeBody> alternativeBodies(Fields basis, RequestReader reader) {
        List<Basis.AlternativeBody> bodies = new ArrayList<>();
        Set<String> roles = new HashSet<>();
        for (Fields item : reader.list(basis, "alternativeBodies", LIST, ALTERNATIVE_BODY)) {
            String role = reader.required(item, "role", VALUE);
            once(roles, role, item, reader);
            bodies.add(new Basis.AlternativeBody(role, reader.required(item, "body", VALUE)));
        }
        return bodies;
    }

    private static List<Basis.AdditionalInformation> additionalInformation(Fields basis, RequestReader reader) {
        List<Basis.AdditionalInformation> information = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields item : reader.list(basis, "additionalInformation", LIST, ADDITIONAL_INFORMATION)) {
            String name = reader.required(item, "name", VALUE);
            once(names, name, item, reader);
            information.add(new Basis.AdditionalInformation(name, reader.required(item, "content", 1000)));
        }
        return information;
    }

    private static void once(Set<String> seen, String name, Fields item, RequestReader reader) {
        if (!name.isEmpty() && !seen.add(name)) {
            reader.reject(RejectionCode.MALFORMED, item.pointer(), "each may occur once");
        }
    }

    private static @Nullable Derived derived(Fields root, RequestReader reader) {
        Fields derived = reader.object(root, "derived", DERIVED);
        if (derived == null) {
            return null;
        }
        String version = reader.optional(derived, "taxonomyVersion", 50);
        return new Derived(
                code(derived, "iscedField1997", reader),
                code(derived, "iscedField2013", reader),
                code(derived, "iscedLevel1997", reader),
                code(derived, "iscedLevel2011", reader),
                code(derived, "vksEducation", reader),
                code(derived, "vksProfessional", reader),
                reader.optionalCount(derived, "eqf", 8),
                version == null ? Derived.AS_SUPPLIED : version);
    }

    private static Derived.@Nullable Code code(Fields derived, String name, RequestReader reader) {
        Fields code = reader.object(derived, name, SUBJECT);
        return code == null
                ? null
                : new Derived.Code(reader.required(code, "code", VALUE), reader.optional(code, "name", 500));
    }
}
