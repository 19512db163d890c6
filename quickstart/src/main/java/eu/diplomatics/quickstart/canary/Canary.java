package eu.diplomatics.quickstart.canary;

import eu.diplomatics.quickstart.demo.DemoData;
import java.util.List;
import java.util.Locale;

/**
 * Nobody: a holder with a number for tests (month raised by 60) and one diploma, the same in every registry.
 *
 * @param annulled whether it was annulled after it was registered
 */
public record Canary(String insz, String supplierReference, String fullName, boolean annulled) {
    /** Who registers them: an institution that every installation knows. */
    public static final String SUPPLIER = "kuleuven";

    static final String REASON = "CANARY";
    private static final String AWARDED_ON = "2019-06-28";
    private static final int CHECK_MODULUS = 97;

    /** All of them, always the same. */
    public static List<Canary> all() {
        return List.of(
                new Canary(insz(916_101_001L), "canary-1", "Master of Science in de sociologie", false),
                new Canary(insz(926_202_003L), "canary-2", "Master of Science in de sociologie", true));
    }

    /** Registered in a drill only. */
    static Canary visitor() {
        return new Canary(insz(936_303_005L), "canary-of-a-drill", "Master of Science in de sociologie", false);
    }

    /** @param nine year, month raised by 60, day, serial number */
    private static String insz(long nine) {
        return String.format(Locale.ROOT, "%09d%02d", nine, CHECK_MODULUS - nine % CHECK_MODULUS);
    }

    String registration() {
        return DemoData.registration(supplierReference, insz, DemoData.master(fullName, AWARDED_ON));
    }

    String state() {
        return annulled ? "ANNULLED" : "REGISTERED";
    }
}
