package eu.diplomatics.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.proc.JWSVerifierFactory;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Proofs of possession by DPoP (RFC 9449, section 4.3): for one request, one token and one moment, and once. */
final class Proofs {
    private static final JOSEObjectType TYPE = new JOSEObjectType("dpop+jwt");
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.PS256);
    private static final Duration TOLERANCE = Duration.ofSeconds(60);
    private static final int LONGEST_PROOF = 4096;
    private static final int LONGEST_ID = 256;
    private static final int LEAST_RSA_BITS = 3000;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final InstantSource clock;
    private final SeenProofs seen;
    private final JWSVerifierFactory verifiers = new DefaultJWSVerifierFactory();

    Proofs(InstantSource clock, int capacity) {
        this.clock = clock;
        this.seen = new SeenProofs(TOLERANCE.multipliedBy(2), capacity);
    }

    /** What is wrong; empty when nothing is. */
    Optional<Admission> fault(Presented presented, String token, String keyThumbprint) {
        if (presented.proofs().size() != 1 || presented.proofs().getFirst().length() > LONGEST_PROOF) {
            return refused(Refusal.PROOF_INVALID);
        }
        try {
            SignedJWT proof = SignedJWT.parse(presented.proofs().getFirst());
            JWK key = proof.getHeader().getJWK();
            if (key == null || !isAcceptable(proof.getHeader(), key)) {
                return refused(Refusal.PROOF_INVALID);
            }
            if (!key.computeThumbprint().toString().equals(keyThumbprint)) {
                return refused(Refusal.TOKEN_NOT_YOURS);
            }
            JWSVerifier verifier = verifiers.createJWSVerifier(proof.getHeader(), ((AsymmetricJWK) key).toPublicKey());
            JWTClaimsSet claims = proof.getJWTClaimsSet();
            if (!proof.verify(verifier) || !isFor(claims, presented, token)) {
                return refused(Refusal.PROOF_INVALID);
            }
            return switch (seen.use(keyThumbprint + " " + digest(claims.getJWTID()), clock.instant())) {
                case FIRST -> Optional.empty();
                case SEEN -> refused(Refusal.PROOF_REPLAYED);
                case FULL -> Optional.of(new Admission.Undecided(TOLERANCE));
            };
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return refused(Refusal.PROOF_INVALID);
        }
    }

    private static Optional<Admission> refused(Refusal refusal) {
        return Optional.of(new Admission.Refused(refusal));
    }

    private static boolean isAcceptable(JWSHeader header, JWK key) {
        return TYPE.equals(header.getType())
                && ALGORITHMS.contains(header.getAlgorithm())
                && key instanceof AsymmetricJWK
                && !key.isPrivate()
                && (key.getKeyType() != KeyType.RSA || key.size() >= LEAST_RSA_BITS);
    }

    private boolean isFor(JWTClaimsSet claims, Presented presented, String token) throws ParseException {
        String id = claims.getJWTID();
        Date issued = claims.getIssueTime();
        String address = claims.getStringClaim("htu");
        if (id == null || id.isEmpty() || id.length() > LONGEST_ID || issued == null || address == null) {
            return false;
        }
        Instant now = clock.instant();
        return Duration.between(issued.toInstant(), now).abs().compareTo(TOLERANCE) <= 0
                && presented.method().equals(claims.getStringClaim("htm"))
                && normal(URI.create(address)).equals(normal(presented.address()))
                && digest(token).equals(claims.getStringClaim("ath"));
    }

    /** Without query and fragment, scheme and host in lower case, without the scheme's own port. */
    private static String normal(URI address) {
        String scheme = lower(address.getScheme());
        int port = address.getPort();
        boolean usual = port == ("https".equals(scheme) ? HTTPS : HTTP);
        String path = address.getRawPath();
        return scheme + "://" + lower(address.getHost()) + (port < 0 || usual ? "" : ":" + port)
                + (path == null || path.isEmpty() ? "/" : path);
    }

    private static String lower(@Nullable String text) {
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }

    private static String digest(String text) {
        try {
            return Base64URL.encode(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
                    .toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
