package eu.diplomatics.custodian;

import java.util.Map;

/** Makes keys in the token of a custodian that does not run just now. */
public final class Ceremony {
    private Ceremony() {}

    /** The next version of the index key that holders are found by; its label. */
    public static String newHolderIndex(CustodianConfiguration configuration) {
        try (Token token = CustodianServer.openToken(configuration, Map.of())) {
            String name = KeyLabels.HOLDER_INDEX;
            String label = KeyLabels.of(name, KeyLabels.latest(token.labels(), name) + 1);
            token.create(label, Token.KeyKind.DIGEST);
            return label;
        }
    }
}
