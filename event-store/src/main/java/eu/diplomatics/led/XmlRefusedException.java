package eu.diplomatics.led;

/** A document is not read: nothing of it is repeated, the reason only. */
public final class XmlRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why. */
    public enum Reason {
        TOO_LARGE("longer than is read here"),
        NOT_UTF_8("not in UTF-8"),
        DOCTYPE("has a document type or an entity, which are not read"),
        BEYOND_BOUNDS("deeper than is read here, or of too many elements, attributes or namespaces"),
        INSTRUCTION("has a processing instruction, which is not read"),
        NOT_WELL_FORMED("not well-formed XML");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    public XmlRefusedException(Reason reason) {
        super(reason.name());
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
