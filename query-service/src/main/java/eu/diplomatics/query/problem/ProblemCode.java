package eu.diplomatics.query.problem;

/** The codes of this service's problem details. They never change (docs/error-codes.md). */
public enum ProblemCode {
    MALFORMED(400, "The request cannot be read"),
    UNKNOWN_FIELD(400, "A field is not known"),
    DUPLICATE_KEY(400, "A key stands there twice"),
    PURPOSE_REQUIRED(400, "Purpose, case and end user of the request are required"),
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
    NO_MANDATE(403, "No mandate for this purpose is in force"),
    NOT_IN_MANDATE(403, "The mandate does not allow this question"),
    UNKNOWN_REFERENCE(404, "There is nothing with this reference"),
    NOT_FOUND(404, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    NOT_ACCEPTABLE(406, "The answer is not available in the media type asked for"),
    OPERATION_UNDER_WAY(409, "Such an operation is under way"),
    TOO_LARGE(413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The media type of the request is not supported"),
    FIELD_REQUIRED(422, "A field is required"),
    INSZ_CHECKSUM(422, "The number is no national number"),
    INSZ_TEST_NOT_ALLOWED(422, "Test numbers are not accepted here"),
    GO_LIVE_BLOCKED(422, "Real numbers are not accepted before this installation is ready"),
    DATE_IN_FUTURE(422, "The time lies in the future"),
    TOO_MANY_REQUESTS(429, "The caller asks too often"),
    QUOTA_EXCEEDED(429, "The quota of the mandate is used up"),
    INTERNAL(500, "The service failed"),
    INDEX_MISMATCH(503, "The record found is not the one asked for; an alarm was raised"),
    IDENTITY_UNAVAILABLE(503, "It cannot be told at the moment who calls"),
    KEYS_UNAVAILABLE(503, "Keys cannot be had at the moment"),
    LOG_UNAVAILABLE(503, "The access log cannot be reached at the moment, so nothing is disclosed"),
    NOT_YET_PROJECTED(503, "The position asked for is not reached yet"),
    RECORD_UNAVAILABLE(503, "A record cannot be shown to be right at the moment, so it is not answered"),
    STORE_UNAVAILABLE(503, "The records cannot be read at the moment");

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
