package eu.diplomatics.led;

/** A message that nobody answers: it comes to a SOAP fault. No part of the message stands in it. */
public final class LedRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String text;

    /**
     * @param code of docs/error-codes.md
     * @param text a fixed one
     */
    public LedRefusedException(String code, String text) {
        super(code);
        this.code = code;
        this.text = text;
    }

    public String code() {
        return code;
    }

    public String text() {
        return text;
    }

    /** The fault, SOAP 1.1, as a message. */
    public byte[] fault() {
        return LedEnvelope.fault(code, text);
    }
}
