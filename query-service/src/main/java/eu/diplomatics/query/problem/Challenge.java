package eu.diplomatics.query.problem;

/** What a caller whose token does not do is told to show (RFC 6750, RFC 9449, RFC 9470). */
final class Challenge {
    private static final String ALGORITHMS = "algs=\"ES256 ES384 PS256\"";

    private Challenge() {}

    static String of(String code) {
        return switch (code) {
            case "UNAUTHENTICATED" -> "Bearer, DPoP " + ALGORITHMS;
            case "PROOF_INVALID", "PROOF_REPLAYED" -> "DPoP error=\"invalid_dpop_proof\", " + ALGORITHMS;
            case "INSUFFICIENT_SCOPE" -> "Bearer error=\"insufficient_scope\"";
            case "SIGN_IN_AGAIN" -> "Bearer error=\"insufficient_user_authentication\"";
            default -> "Bearer error=\"invalid_token\"";
        };
    }
}
