package eu.diplomatics.quickstart.whole;

import java.util.Locale;

/** Test persons, months raised by 60, and what an institution says of them. */
final class People {
    static final String SUPPLIER = "kuleuven";

    private People() {}

    /** The {@code n}th test person: 997 a day. */
    static String insz(int n) {
        long nine = Long.parseLong("%02d%02d%02d%03d".formatted(80 + n / 997 / 28, 67, n / 997 % 28 + 1, n % 997 + 1));
        return String.format(Locale.ROOT, "%09d%02d", nine, 97 - nine % 97);
    }

    static String withNumber(String reference, String insz, String title) {
        return registration(reference, "{\"insz\":\"" + insz + "\"}", title);
    }

    static String withoutNumber(
            String reference, String familyName, String givenNames, String localNumber, String title) {
        String holder = """
                {"familyName":"%s","givenNames":"%s","birthDate":"1988-02-29","localNumber":"%s"}""".formatted(familyName, givenNames, localNumber);
        return registration(reference, holder, title);
    }

    private static String registration(String reference, String holder, String title) {
        return """
                {"supplierReference":"%s","holder":%s,"basis":{"authenticity":"Authentiek","category":"Hoger onderwijs",\
                "degree":"Master","educationForm":"Niet van toepassing","kind":"Diploma","state":"Eindbewijs",\
                "awardingBody":"Universiteit","subject":{"code":"312002","name":"Sociologie"},"awardedOn":"2019-06-28",\
                "fullName":"%s","country":"BEL","language":"nld",\
                "institution":{"name":"Katholieke Universiteit Leuven","number":"110131"},\
                "schoolType":"Niet van toepassing"}}""".formatted(reference, holder, title);
    }
}
