package eu.diplomatics.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An identity provider as far as a service sees it: keys at an address, and tokens that are as a test wants them. */
public final class TestProvider implements AutoCloseable {
    public static final String ISSUER = "https://provider.test";
    public static final String AUDIENCE = "urn:diplomatics:test";

    private final ECKey key = newKey("provider-1");
    private final AtomicInteger asked = new AtomicInteger();
    private final int port;
    private @Nullable HttpServer server;

    public TestProvider() {
        this.port = start(0);
    }

    /**
     * As a service is configured that believes this provider, all else as it is unless set.
     *
     * @param parts it may give
     * @param acr how people have to have signed in
     * @param proofs that are remembered; null for as many as usual
     */
    public IdentitySettings settings(Set<String> parts, Set<String> acr, @Nullable Integer proofs) {
        return new IdentitySettings(
                List.of(new IdentitySettings.Issuer(
                        ISSUER, URI.create(keysAddress()), parts, null, acr, null, null, null)),
                AUDIENCE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                proofs);
    }

    private int start(int wanted) {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 0);
            byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            started.createContext("/keys", exchange -> {
                asked.incrementAndGet();
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
                exchange.close();
            });
            started.start();
            server = started;
            return started.getAddress().getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void goAway() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    public void comeBack() {
        start(port);
    }

    public String keysAddress() {
        return "http://127.0.0.1:" + port + "/keys";
    }

    int timesAsked() {
        return asked.get();
    }

    /** Its signing key, which only it has. */
    ECKey key() {
        return key;
    }

    public static ECKey newKey(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(id)
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a right token says, at this time; a test changes what it wants wrong. */
    public static JWTClaimsSet.Builder claims(
            String part, String party, Map<String, Object> confirmation, Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(List.of(AUDIENCE))
                .subject("subject-1")
                .claim("client_id", "client-1")
                .claim("scope", "registry query")
                .claim("diplomatics_part", part)
                .claim("diplomatics_party", party)
                .claim("auth_time", now.minusSeconds(60).getEpochSecond())
                .claim("acr", "substantial")
                .claim("cnf", confirmation)
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)));
    }

    /** What a delegate's token says of whom they stand for, in the claim {@code diplomatics_delegation}. */
    public static Map<String, Object> delegation(String represented, String kind, Instant from, Instant until) {
        return Map.of("for", represented, "kind", kind, "from", from.getEpochSecond(), "until", until.getEpochSecond());
    }

    public String token(JWTClaimsSet claims) {
        return signed(header(key.getKeyID()).build(), claims, key);
    }

    static JWSHeader.Builder header(String keyId) {
        return new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(keyId);
    }

    static String signed(JWSHeader header, JWTClaimsSet claims, ECKey by) {
        try {
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(new ECDSASigner(by));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The confirmation of a token bound to a key. */
    public static Map<String, Object> boundTo(ECKey holder) {
        try {
            return Map.of("jkt", holder.computeThumbprint().toString());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A right proof of possession; a test changes what it wants wrong. */
    public static String proof(
            ECKey holder,
            String method,
            String address,
            String token,
            Instant now,
            Consumer<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", method)
                .claim("htu", address)
                .claim("ath", digest(token))
                .issueTime(Date.from(now));
        change.accept(claims);
        return signed(proofHeader(holder).build(), claims.build(), holder);
    }

    static JWSHeader.Builder proofHeader(ECKey holder) {
        return new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(holder.toPublicJWK());
    }

    static String digest(String text) {
        try {
            return Base64URL.encode(
                            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)))
                    .toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        goAway();
    }
}
