package eu.diplomatics.keyring;

import java.util.UUID;

/** A data key to be made: for which stream or job, under which regime, of which generation (from 1). */
public record NewKey(UUID id, int generation, KeyRegime regime) {
    public NewKey {
        if (generation < 1) {
            throw new IllegalArgumentException("key generations start at 1");
        }
    }

    /** A key of the first generation. */
    public static NewKey first(UUID id, KeyRegime regime) {
        return new NewKey(id, 1, regime);
    }
}
