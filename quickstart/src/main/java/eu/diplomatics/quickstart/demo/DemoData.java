package eu.diplomatics.quickstart.demo;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** The people and diplomas of the walk: made up anew for each run, with national numbers for tests only. */
public final class DemoData {
    private static final int CHECK_MODULUS = 97;

    private DemoData() {}

    /** A number for tests: born in the nineties, month raised by 60. */
    public static String insz() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long nine = (90 + random.nextInt(10)) * 10_000_000L
                + (61 + random.nextInt(12)) * 100_000L
                + (1 + random.nextInt(28)) * 1_000L
                + 1
                + random.nextInt(997);
        return String.format(Locale.ROOT, "%09d%02d", nine, CHECK_MODULUS - nine % CHECK_MODULUS);
    }

    /** The same number with a wrong check number. */
    static String mistyped(String insz) {
        int check = Integer.parseInt(insz.substring(9));
        return insz.substring(0, 9) + String.format(Locale.ROOT, "%02d", check % CHECK_MODULUS + 1);
    }

    public static String registration(String supplierReference, String insz, String basis) {
        return """
                {"supplierReference": "%s", "holder": {"insz": "%s"}, "basis": %s}""".formatted(supplierReference, insz, basis);
    }

    /** On one line, for batches. */
    static String row(String supplierReference, String insz, String basis) {
        return registration(supplierReference, insz, basis).replace("\n", "");
    }

    public static String master(String fullName, String awardedOn) {
        return basis("Master", fullName, awardedOn);
    }

    /** A degree that universities do not award. */
    static String forbidden() {
        return basis("2de graad", "Master of Science in de sociologie", "2019-06-28");
    }

    private static String basis(String degree, String fullName, String awardedOn) {
        return """
                {"authenticity": "Authentiek", "category": "Hoger onderwijs", "degree": "%s",
                "educationForm": "Niet van toepassing", "kind": "Diploma", "state": "Eindbewijs",
                "awardingBody": "Universiteit", "subject": {"code": "312002", "name": "Sociologie"},
                "awardedOn": "%s", "fullName": "%s", "country": "BEL",
                "language": "nld", "institution": {"name": "Katholieke Universiteit Leuven", "number": "110131"},
                "schoolType": "Niet van toepassing", "fieldOfStudy": {"name": "Sociologie", "code": "10010"}}""".formatted(degree, awardedOn, fullName);
    }
}
