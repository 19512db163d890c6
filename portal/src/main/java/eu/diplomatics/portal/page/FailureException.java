package eu.diplomatics.portal.page;

/** Ends a request with the page that says why. Carries no text: nothing of a person can get into a log by it. */
public final class FailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Failure failure;

    public FailureException(Failure failure) {
        super(failure.name(), null, false, false);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
