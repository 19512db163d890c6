package eu.diplomatics.local;

import java.security.SecureRandom;
import java.util.Base64;

/** Random passwords for roles and stores that no person ever types. */
public final class Passwords {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SIZE_BYTES = 24;

    private Passwords() {}

    /** 192 random bits in URL-safe letters. */
    public static String random() {
        byte[] bytes = new byte[SIZE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
