package eu.diplomatics.access;

import eu.diplomatics.tls.Transport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who may say who calls: {@code diplomatics.identity} of a service.
 *
 * @param issuers none: then nobody is known, and every request that needs a caller is refused
 * @param audience this service, as providers name it in {@code aud}
 * @param scope the scope that a token needs here for everything, and with {@code .read} behind it for reading; without
 *     it, the service's own name
 * @param origin as callers address this service, where something stands before it: {@code https://host:port}. Without it
 *     a proof of possession has to name the address that the request arrived with
 * @param trustStore PKCS12 by which the providers' servers are known; without it, by the JDK's authorities
 * @param keysFor how long a provider's keys are used without asking it again
 * @param keysAtMost how long they are used when it does not answer
 * @param signedInFor how long after signing in a person has to sign in again
 * @param signedInFreshly how long ago at most for what weighs much ({@link FreshSignIn})
 * @param freshAcr how a person has to have signed in for that, any of these; empty where as for everything else
 * @param rememberedProofs how many proofs of possession are remembered, of all callers together
 */
public record IdentitySettings(
        @Nullable List<Issuer> issuers,
        @Nullable String audience,
        @Nullable String scope,
        @Nullable URI origin,
        @Nullable Path trustStore,
        @Nullable String trustStorePassword,
        @Nullable Duration keysFor,
        @Nullable Duration keysAtMost,
        @Nullable Duration signedInFor,
        @Nullable Duration signedInFreshly,
        @Nullable Set<String> freshAcr,
        @Nullable Integer rememberedProofs) {
    private static final int ENOUGH_PROOFS = 200_000;
    private static final Duration FRESHLY = Duration.ofMinutes(15);

    /**
     * A provider.
     *
     * @param keys address of its JWK set (RFC 7517); by https, but for this machine itself
     * @param parts those it may give: one that signs in citizens cannot make a controller
     * @param algorithms of its signatures
     * @param acr how a person has to have signed in, any of these; empty when the provider knows one way only
     * @param partClaim the claim that names the part
     * @param partyClaim the claim that names for whom
     * @param delegationClaim the claim that says for whom a delegate asks
     */
    public record Issuer(
            String issuer,
            URI keys,
            Set<String> parts,
            @Nullable Set<String> algorithms,
            @Nullable Set<String> acr,
            @Nullable String partClaim,
            @Nullable String partyClaim,
            @Nullable String delegationClaim) {
        public Issuer {
            if (!Transport.isProtected(keys)) {
                throw new IllegalArgumentException("the keys of an issuer come by https only");
            }
            algorithms = algorithms == null || algorithms.isEmpty() ? Set.of("ES256", "PS256") : Set.copyOf(algorithms);
            acr = acr == null ? Set.of() : Set.copyOf(acr);
            partClaim = partClaim == null ? "diplomatics_part" : partClaim;
            partyClaim = partyClaim == null ? "diplomatics_party" : partyClaim;
            delegationClaim = delegationClaim == null ? "diplomatics_delegation" : delegationClaim;
        }

        Set<Part> allowed() {
            return parts.stream()
                    .map(text -> Part.of(text).orElseThrow(() -> new IllegalArgumentException("no part " + text)))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    public IdentitySettings {
        issuers = issuers == null ? List.of() : List.copyOf(issuers);
        keysFor = keysFor == null ? Duration.ofMinutes(5) : keysFor;
        keysAtMost = keysAtMost == null ? Duration.ofHours(8) : keysAtMost;
        signedInFor = signedInFor == null ? Duration.ofHours(8) : signedInFor;
        signedInFreshly = signedInFreshly == null ? shorter(FRESHLY, signedInFor) : signedInFreshly;
        freshAcr = freshAcr == null ? Set.of() : Set.copyOf(freshAcr);
        rememberedProofs = rememberedProofs == null ? ENOUGH_PROOFS : rememberedProofs;
        if (!signedInFreshly.isPositive() || signedInFreshly.compareTo(signedInFor) > 0) {
            throw new IllegalArgumentException(
                    "diplomatics.identity.signed-in-freshly has to be longer than nothing, and at most signed-in-for");
        }
        if (!issuers.isEmpty() && (audience == null || audience.isBlank())) {
            throw new IllegalArgumentException(
                    "diplomatics.identity.audience is missing: any service's token would do");
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public String toString() {
        return "IdentitySettings[" + audience + "]";
    }
}
