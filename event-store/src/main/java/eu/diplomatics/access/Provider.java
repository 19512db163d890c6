package eu.diplomatics.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One provider: reads its tokens, and knows for whom it may speak. */
final class Provider {
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);
    private static final Pattern PARTY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final IdentitySettings.Issuer issuer;
    private final Set<Part> parts;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    Provider(
            IdentitySettings.Issuer issuer,
            IdentitySettings settings,
            InstantSource clock,
            Set<JOSEObjectType> types,
            Duration skew) {
        this.issuer = issuer;
        this.parts = issuer.allowed();
        Set<JWSAlgorithm> algorithms = Objects.requireNonNull(issuer.algorithms()).stream()
                .map(JWSAlgorithm::parse)
                .collect(Collectors.toUnmodifiableSet());
        if (!JWSAlgorithm.Family.SIGNATURE.containsAll(algorithms)) {
            throw new IllegalArgumentException("an issuer's algorithms are signatures: no MAC, and never none");
        }
        // not given as an immutable set, which fails when asked for null: a token without a type
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(types.toArray(JOSEObjectType[]::new)));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                algorithms,
                ProviderKeys.of(
                        issuer.keys(),
                        settings,
                        Objects.requireNonNull(settings.keysFor()),
                        Objects.requireNonNull(settings.keysAtMost()))));
        processor.setJWTClaimsSetVerifier(
                new Claims(issuer.issuer(), Objects.requireNonNull(settings.audience()), clock, skew));
    }

    JWTClaimsSet verify(SignedJWT token) throws BadJOSEException, JOSEException {
        return processor.process(token, null);
    }

    /** Who it is, when this provider may say so. */
    Optional<Bearer> bearer(JWTClaimsSet claims) throws ParseException {
        Optional<Part> part = Optional.ofNullable(claims.getStringClaim(issuer.partClaim()))
                .flatMap(Part::of)
                .filter(parts::contains);
        String party = claims.getStringClaim(issuer.partyClaim());
        if (part.isEmpty() || party == null || !PARTY.matcher(party).matches()) {
            return Optional.empty();
        }
        String client = claims.getStringClaim("client_id");
        Date signedIn = claims.getDateClaim("auth_time");
        return Optional.of(new Bearer(
                part.get(),
                party,
                client == null ? "" : client,
                scopes(claims.getClaim("scope")),
                claims.getStringClaim("acr"),
                signedIn == null ? null : signedIn.toInstant(),
                part.get() == Part.DELEGATE ? delegation(claims.getClaim(issuer.delegationClaim()), party) : null));
    }

    private static @Nullable Delegation delegation(@Nullable Object claim, String delegate) {
        return claim instanceof Map<?, ?> said ? Delegation.of(said, delegate).orElse(null) : null;
    }

    /** A text with spaces, as RFC 9068 has it, or a list, as some providers write it. */
    private static Set<String> scopes(@Nullable Object claim) {
        Stream<String> all = switch (claim) {
            case String text -> Arrays.stream(text.split(" "));
            case Collection<?> list -> list.stream().map(String::valueOf);
            case null, default -> Stream.empty();
        };
        return all.filter(scope -> !scope.isEmpty()).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a person signed in as one has to, and not before this moment. */
    boolean accepts(Bearer bearer, Instant notBefore) {
        if (!bearer.part().isPerson()) {
            return true;
        }
        Set<String> required = Objects.requireNonNull(issuer.acr());
        String acr = bearer.acr();
        Instant signedInAt = bearer.signedInAt();
        return (required.isEmpty() || (acr != null && required.contains(acr)))
                && signedInAt != null
                && !signedInAt.isBefore(notBefore);
    }

    /** Issuer, audience, times; by the clock of the service. */
    private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {
        private final InstantSource clock;
        private final Duration skew;

        Claims(String issuer, String audience, InstantSource clock, Duration skew) {
            super(audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("exp", "iat", "sub"));
            this.clock = clock;
            this.skew = skew;
            setMaxClockSkew((int) skew.toSeconds());
        }

        @Override
        public void verify(JWTClaimsSet claims, SecurityContext context) throws BadJWTException {
            super.verify(claims, context);
            Instant issued = claims.getIssueTime().toInstant();
            Instant expires = claims.getExpirationTime().toInstant();
            if (issued.isAfter(clock.instant().plus(skew))) {
                throw new BadJWTException("of the future");
            }
            if (Duration.between(issued, expires).compareTo(LONGEST_LIFE) > 0) {
                throw new BadJWTException("too long-lived");
            }
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }
}
