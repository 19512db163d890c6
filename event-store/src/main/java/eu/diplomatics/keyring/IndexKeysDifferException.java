package eu.diplomatics.keyring;

/** The custodian's sites have different keys of one name: none of them is used, since which is right cannot be told here. */
public final class IndexKeysDifferException extends KeysUnavailableException {
    private static final long serialVersionUID = 1L;

    IndexKeysDifferException(String label) {
        super("the custodian's sites have different keys named " + label);
    }
}
