package eu.diplomatics.inventory;

/**
 * Something that stands where it should not, or under what is not there.
 *
 * @param where store and artefact
 * @param rows how many of it
 * @param detail one line for people, without values
 */
public record Finding(Code code, String where, long rows, String detail) {
    static Finding of(Code code, Holding holding, String detail) {
        return new Finding(code, holding.where(), holding.rows(), detail);
    }

    /** Whether an inventory without it would seem to be complete and is not. */
    boolean isUncounted() {
        return code == Code.NOT_SEEN || code == Code.TABLE_LEFT;
    }

    /** What can be wrong; the names never change. */
    public enum Code {
        /** Something refers to a KEK that is not in the keyring, so it does not open. */
        KEK_MISSING,
        /** Rows stand under another KEK than the newest, which the nightly rewrite would have ended. */
        KEK_OLD,
        /** A KEK is wrapped at fewer sites than are configured. */
        WRAP_MISSING,
        /** Something stands under an epoch key of which there is a receipt that it was destroyed. */
        KEY_RETIRED,
        /** Ciphertexts whose data key is neither in the keyring nor in the shred ledger. */
        KEY_MISSING,
        /** Data keys of a generation that is over, of streams that have a newer one. */
        KEY_OLD,
        /** A named secret is not in the keyring although something lies under it. */
        SECRET_MISSING,
        /** Positions of the log without ciphertext. */
        CIPHERTEXT_MISSING,
        /** Ciphertexts of no event. */
        CIPHERTEXT_WITHOUT_EVENT,
        /** Ciphertexts under a generation that is over. */
        GENERATION_OLD,
        /** Rows of a version of the blind index that nobody asks any more. */
        INDEX_OLD,
        /** A table that nobody knows, and that could hold keys or what lies under them. */
        TABLE_LEFT,
        /** A part could not be looked at, so nothing is known about it. */
        NOT_SEEN
    }
}
