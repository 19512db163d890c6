package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.canary.Canaries.Answer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Says of two answers whether they are the same, and nothing else: HMAC-SHA256 under a key that nobody keeps. */
final class Digests {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final SecretKeySpec key;

    Digests(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    static Digests drawn() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new Digests(key);
    }

    /** Hex; of no answer empty. */
    record Pair(String source, String answered) {}

    List<Pair> of(List<Answer> answers) {
        return answers.stream()
                .map(each -> new Pair(of(each.wanted()), of(each.answered())))
                .toList();
    }

    String of(String text) {
        if (text.isEmpty()) {
            return "";
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
