package eu.diplomatics.registry.problem;

/** The codes of this service's problem details that no rule of the domain owns. They never change (docs/error-codes.md). */
public enum ProblemCode {
    MALFORMED(400, "The request cannot be read"),
    UNAUTHENTICATED(401, "The caller is not known"),
    TOKEN_INVALID(401, "The access token is not accepted"),
    TOKEN_EXPIRED(401, "The access token is over"),
    TOKEN_UNBOUND(401, "The access token is bound to nothing"),
    TOKEN_NOT_YOURS(401, "The access token is bound to somebody else"),
    PROOF_INVALID(401, "The proof of possession is not accepted"),
    PROOF_REPLAYED(401, "The proof of possession was used before"),
    SIGN_IN_AGAIN(401, "The person has to sign in again"),
    DELEGATION_INVALID(401, "The delegation is not accepted"),
    DELEGATION_NOT_IN_FORCE(401, "The delegation does not hold now"),
    INSUFFICIENT_SCOPE(403, "The access token is not for this"),
    NOT_ALLOWED(403, "The caller may not do this"),
    UNKNOWN_REFERENCE(404, "There is nothing with this reference"),
    NOT_FOUND(404, "There is nothing at this address"),
    UNKNOWN_POSITION(404, "The log does not reach this position"),
    UNKNOWN_CHECKPOINT(404, "There is no checkpoint of this size"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    NOT_ACCEPTABLE(406, "The answer is not available in the media type asked for"),
    UPLOAD_TOO_SLOW(408, "The file comes too slowly"),
    IDEMPOTENCY_CONFLICT(409, "The idempotency key was used with other content"),
    RETENTION_REQUIRED(409, "The law keeps this"),
    OPERATION_UNDER_WAY(409, "Such an operation is under way"),
    KEY_STILL_NEEDED(409, "Something still stands under this key"),
    RECEIPT_REFUSED(422, "The receipt does not prove what it says"),
    RESUMPTION_REFUSED(409, "The log does not go on so"),
    REGISTER_AGAIN(410, "The log lost what stood at this position"),
    VERSION_STALE(412, "The qualification has changed since it was read"),
    TOO_LARGE(413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The media type of the request is not supported"),
    VERSION_REQUIRED(428, "If-Match with the version is required"),
    TOO_MANY_REQUESTS(429, "The caller asks too often"),
    TOO_MANY_UPLOADS(429, "Other files are being received"),
    INTERNAL(500, "The service failed"),
    LOG_INCONSISTENT(500, "The log's tree is not the one that was signed"),
    NOT_YET_SEALED(503, "No checkpoint covers this position yet"),
    NOT_YET_STAMPED(503, "No checkpoint that covers this position was stamped yet"),
    IDENTITY_UNAVAILABLE(503, "It cannot be told at the moment who calls"),
    KEYS_UNAVAILABLE(503, "Keys cannot be had at the moment"),
    RECORD_UNAVAILABLE(503, "What is stored cannot be shown to be right"),
    OVERLOADED(503, "Too much is in hand at the moment"),
    LOG_UNAVAILABLE(503, "The log cannot be written or read at the moment"),
    BATCHES_UNAVAILABLE(503, "Batches cannot be stored or read at the moment");

    private final int status;
    private final String title;

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }
}
