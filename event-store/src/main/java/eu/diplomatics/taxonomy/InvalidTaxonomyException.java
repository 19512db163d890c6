package eu.diplomatics.taxonomy;

/** The taxonomy or the file of suppliers is unusable: a mistake of whoever maintains it. Do not retry, do not start. */
public final class InvalidTaxonomyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidTaxonomyException(String message) {
        super(message);
    }

    public InvalidTaxonomyException(String message, Throwable cause) {
        super(message, cause);
    }
}
