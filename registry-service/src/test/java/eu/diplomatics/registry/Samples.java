package eu.diplomatics.registry;

import java.util.UUID;

/** Registrations of test persons: every number has its month raised by 60. */
final class Samples {
    private Samples() {}

    static String reference() {
        return "TEST-" + UUID.randomUUID();
    }

    /** The {@code n}th test person. */
    static String insz(int n) {
        int serial = n % 997 + 1;
        int day = n / 997 % 28 + 1;
        int year = 90 + n / 997 / 28 % 10;
        String nine = "%02d61%02d%03d".formatted(year, day, serial);
        return nine + "%02d".formatted(97 - Long.parseLong(nine) % 97);
    }

    static String registration(String reference, String insz) {
        return registration(reference, insz, "Master of Science in de sociologie");
    }

    static String registration(String reference, String insz, String fullName) {
        return """
                {"supplierReference":"%s","holder":{"insz":"%s"},"basis":%s}""".formatted(reference, insz, basis(fullName));
    }

    static String withoutNumber(String reference, String localNumber, String familyName) {
        return """
                {"supplierReference":"%s","holder":{"familyName":"%s","givenNames":"Aoife Máire","birthDate":"1988-02",\
                "localNumber":"%s"},"basis":%s}""".formatted(reference, familyName, localNumber, basis("Master of Science in de sociologie"));
    }

    static String basis(String fullName) {
        return """
                {"authenticity":"Authentiek","category":"Hoger onderwijs","degree":"Master",\
                "educationForm":"Niet van toepassing","kind":"Diploma","state":"Eindbewijs",\
                "awardingBody":"Universiteit","subject":{"code":"312002","name":"Sociologie"},\
                "awardedOn":"2019-06-28","fullName":"%s","country":"BEL","language":"nld",\
                "institution":{"name":"Katholieke Universiteit Leuven","number":"110131"},\
                "schoolType":"Niet van toepassing","fieldOfStudy":{"name":"Sociologie","code":"10010"}}""".formatted(fullName);
    }

    static String correction(String fullName) {
        return """
                {"basis":%s,"reason":"a slip of the pen"}""".formatted(basis(fullName));
    }

    static String reason(String code) {
        return """
                {"reasonCode":"%s","reason":"decided by the faculty"}""".formatted(code);
    }
}
