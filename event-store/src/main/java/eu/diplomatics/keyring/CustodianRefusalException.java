package eu.diplomatics.keyring;

/** The custodian answers, and does not do what it was asked. */
public sealed class CustodianRefusalException extends KeysUnavailableException
        permits KeyRefusedException, CustodianCalls.LimitReachedException, CustodianCalls.BusyException {
    private static final long serialVersionUID = 1L;

    private final String code;

    CustodianRefusalException(String message, String code) {
        super(message);
        this.code = code;
    }

    /** One of docs/key-custodian.md; empty when there was none. */
    public String code() {
        return code;
    }
}
