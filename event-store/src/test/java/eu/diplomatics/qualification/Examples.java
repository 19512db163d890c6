package eu.diplomatics.qualification;

import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import eu.diplomatics.sensitivity.Sensitivity;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/** Test persons and diplomas; every number has its month raised by 60. */
public final class Examples {
    public static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    public static final RequestRules STRICT = new RequestRules(Mode.STRICT, true, TODAY);
    public static final RequestRules LEGACY = new RequestRules(Mode.LEGACY, true, TODAY);

    private Examples() {}

    /** The {@code n}th test person, of 300,000 or so, born in the nineties. */
    public static Insz insz(int n) {
        int serial = n % 997 + 1;
        int day = n / 997 % 28 + 1;
        int year = 90 + n / 997 / 28 % 10;
        return insz("%02d61%02d%03d".formatted(year, day, serial));
    }

    /** The number that begins with these nine digits, of someone born before 2000. */
    public static Insz insz(String nineDigits) {
        long nine = Long.parseLong(nineDigits);
        return new Insz(String.format(Locale.ROOT, "%s%02d", nineDigits, 97 - nine % 97));
    }

    /** In force, with everything that may be asked, and these fields of an answer. */
    public static Mandate mandate(String agency, String purpose, String... fields) {
        return mandate(agency, purpose, List.of(Mandate.Question.values()), new Mandate.Quota(10_000, 100_000), fields);
    }

    public static Mandate mandate(
            String agency, String purpose, List<Mandate.Question> questions, Mandate.Quota quota, String... fields) {
        return mandate(agency, purpose, Sensitivity.SPECIAL, questions, quota, fields);
    }

    public static Mandate mandate(
            String agency,
            String purpose,
            Sensitivity sensitivity,
            List<Mandate.Question> questions,
            Mandate.Quota quota,
            String... fields) {
        return new Mandate(
                agency,
                purpose,
                "Decree of 2 July 2010, article 5",
                questions,
                List.of(fields),
                sensitivity,
                quota,
                new Mandate.Disclosure("Your study grant is decided.", Mandate.When.IMMEDIATELY, null, null),
                "the amount depends on the degree",
                "the degree itself decides the amount",
                LocalDate.of(2020, 1, 1),
                null);
    }

    public static HolderIdentity holder(int n) {
        return new ByInsz(insz(n));
    }

    public static HolderIdentity holderWithoutNumber() {
        return new ByName("Ó Séaghdha", "Aoife Máire", new PartialDate(1988, 2, null), "S-2016-0042");
    }

    public static Basis master() {
        return new Basis(
                "Authentiek",
                "Hoger onderwijs",
                "Master",
                "Niet van toepassing",
                null,
                null,
                "Diploma",
                "Eindbewijs",
                "Universiteit",
                new Basis.Subject("312002", "Sociologie"),
                new PartialDate(2019, 6, 28),
                "Master of Science in de sociologie",
                "BEL",
                "nld",
                new Basis.Institution("Katholieke Universiteit Leuven", "110131"),
                "Niet van toepassing",
                new Basis.Detail("Sociologie", "10010"),
                null,
                null,
                null,
                null,
                List.of(),
                List.of(new Basis.AdditionalInformation("Bewijs omschrijving", "Master of Science in de sociologie")));
    }

    public static Basis secondary() {
        return new Basis(
                "Authentiek",
                "Secundair onderwijs",
                "3de graad",
                "TSO",
                null,
                null,
                "Diploma",
                "Eindbewijs",
                "Secundaire school",
                new Basis.Subject("10001", "Algemene vorming"),
                new PartialDate(2014, 6, 30),
                "TSO 3de graad Sociale en technische wetenschappen",
                "BEL",
                "nld",
                new Basis.Institution("Sint-Jozefsinstituut", "35212"),
                "Gewoon",
                new Basis.Detail("Sociale en technische wetenschappen", "021338"),
                null,
                null,
                null,
                0,
                List.of(),
                List.of());
    }

    public static Derived derived() {
        return new Derived(
                new Derived.Code("312", "Sociologie en cultuurwetenschappen"),
                new Derived.Code("0314", "Sociology and cultural studies"),
                new Derived.Code("5A", null),
                new Derived.Code("7", "Master's or equivalent level"),
                new Derived.Code("7", "Niveau 7"),
                null,
                7,
                "2026-1");
    }

    /** The registration of {@link #master()} as JSON. */
    public static String masterJson(String supplierReference, Insz insz) {
        return """
                {"supplierReference": "%s", "holder": {"insz": "%s"}, "basis": {
                  "authenticity": "Authentiek", "category": "Hoger onderwijs", "degree": "Master",
                  "educationForm": "Niet van toepassing", "kind": "Diploma", "state": "Eindbewijs",
                  "awardingBody": "Universiteit", "subject": {"code": "312002", "name": "Sociologie"},
                  "awardedOn": "2019-06-28", "fullName": "Master of Science in de sociologie", "country": "BEL",
                  "language": "nld", "institution": {"name": "Katholieke Universiteit Leuven", "number": "110131"},
                  "schoolType": "Niet van toepassing", "fieldOfStudy": {"name": "Sociologie", "code": "10010"},
                  "additionalInformation": [{"name": "Bewijs omschrijving",
                    "content": "Master of Science in de sociologie"}]}}
                """.formatted(supplierReference, insz.digits());
    }
}
