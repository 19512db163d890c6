package eu.diplomatics.query.notice;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Signs what goes to webhooks: a detached JWS (RFC 7515, appendix F; RFC 7797), ES256, over the body as it is sent. Its protected
 * header says for whom ({@code aud}), when ({@code iat}) and which request it was ({@code jti}): whoever keeps those of the last
 * minutes takes no request twice.
 */
final class NoticeSigner {
    private static final String TYPE = "diplomatics-notices+jws";

    private final ECKey key;

    private NoticeSigner(ECKey key) {
        this.key = key;
    }

    /** From a PKCS #12 store with one key, P-256. */
    static NoticeSigner load(NoticeSettings.Store store) {
        char[] password = store.password().toCharArray();
        try (InputStream in = Files.newInputStream(store.keyStore())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password);
            ECKey key = ECKey.load(keys, keys.aliases().nextElement(), password);
            if (key == null || !Curve.P_256.equals(key.getCurve()) || !key.isPrivate()) {
                throw new IllegalArgumentException("diplomatics.notices.signing has no private key on P-256");
            }
            return new NoticeSigner(new ECKey.Builder(Curve.P_256, key.toECPublicKey())
                    .privateKey(key.toECPrivateKey())
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint()
                    .build());
        } catch (IOException | GeneralSecurityException | JOSEException e) {
            throw new IllegalArgumentException("diplomatics.notices.signing cannot be read", e);
        }
    }

    String sign(byte[] body, String agency, Instant now) {
        JWSObject signed = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(new JOSEObjectType(TYPE))
                        .keyID(key.getKeyID())
                        .base64URLEncodePayload(false)
                        .criticalParams(Set.of("b64"))
                        .customParam("aud", agency)
                        .customParam("iat", now.getEpochSecond())
                        .customParam("jti", UUID.randomUUID().toString())
                        .build(),
                new Payload(body));
        try {
            signed.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("a notice cannot be signed", e);
        }
        return signed.serialize(true);
    }

    /** By which signatures are verified, as a JWK set. */
    Map<String, Object> keys() {
        return new JWKSet(key.toPublicJWK()).toJSONObject();
    }
}
