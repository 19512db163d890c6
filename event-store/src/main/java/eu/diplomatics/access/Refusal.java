package eu.diplomatics.access;

/** Why a request does not prove who calls. The names are codes of problem details and never change. */
public enum Refusal {
    /** There is none. */
    UNAUTHENTICATED("Send an access token: Authorization: Bearer with its certificate, or DPoP with a proof."),
    /** Not of a provider trusted here, not for this service, not of its type, not signed as it should be, not of now. */
    TOKEN_INVALID("The access token is not one that is accepted here."),
    TOKEN_EXPIRED("The access token is over: ask for another."),
    /** Whoever finds such a token could use it (RFC 8705, RFC 9449). */
    TOKEN_UNBOUND("The access token is bound neither to a certificate nor to a key."),
    /** It is bound, and not to who sends it. */
    TOKEN_NOT_YOURS("The access token is bound to another certificate or key than this request shows."),
    PROOF_INVALID("The proof of possession is missing, or is not for this request, token and moment."),
    PROOF_REPLAYED("The proof of possession was used before: make one for each request."),
    /** RFC 9470. */
    SIGN_IN_AGAIN("The person did not sign in strongly or recently enough."),
    /** Who asked for the token did not ask for this (RFC 6750). */
    INSUFFICIENT_SCOPE("The scope of the access token does not allow this request."),
    /** Kind, period or person is not one that can be. */
    DELEGATION_INVALID("What the access token says of whom the delegate stands for is not accepted."),
    DELEGATION_NOT_IN_FORCE("The delegate may not ask for this person yet, or no longer.");

    private final String detail;

    Refusal(String detail) {
        this.detail = detail;
    }

    /** For the caller; a fixed text that repeats nothing of the request. */
    public String detail() {
        return detail;
    }
}
