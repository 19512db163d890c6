package eu.diplomatics.keyring;

/** The custodian's sites have different keys of one name, or another one than was used before. */
public final class IndexKeysDifferException extends KeysUnavailableException {
    private static final long serialVersionUID = 1L;

    IndexKeysDifferException(String label) {
        super("the custodian's sites have different keys named " + label);
    }
}
