package eu.diplomatics.custodian;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What tells that two tokens hold the same index key, and helps nobody who has neither. */
final class KeyCheck {
    /** Of another length than any value that clients may have indexed. */
    private static final byte[] MESSAGE = "diplomatics key check v1".getBytes(StandardCharsets.US_ASCII);

    private static final int BYTES = 4;

    private KeyCheck() {}

    static String of(Token token, String label) {
        byte[] digest = token.digest(label, List.of(MESSAGE)).getFirst();
        return HexFormat.of().formatHex(digest, 0, BYTES);
    }

    /** Of every index key in the token. */
    static Map<String, String> ofAll(Token token) {
        Map<String, String> values = new TreeMap<>();
        for (String label : token.labels()) {
            if (KeyLabels.covers(KeyLabels.INDEX_KEYS, label)) {
                values.put(label, of(token, label));
            }
        }
        return values;
    }
}
