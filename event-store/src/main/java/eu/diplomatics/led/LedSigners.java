package eu.diplomatics.led;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.wss4j.common.crypto.Merlin;

/** Whose certificates sign messages. Only a certificate that is named here counts: no authority vouches for another. */
public final class LedSigners {
    private final Map<X509Certificate, String> parties;

    private LedSigners(Map<X509Certificate, String> parties) {
        this.parties = Map.copyOf(parties);
    }

    /**
     * A party and the file with its certificates, PEM; several while one takes another's place.
     *
     * @param party id of a supplier or an agency
     */
    public record Signer(String party, Path certificate) {}

    /** @throws IllegalArgumentException when a file has no certificate, or two parties have the same */
    public static LedSigners load(List<Signer> signers) {
        Map<X509Certificate, String> parties = new HashMap<>();
        for (Signer signer : signers) {
            try (InputStream in = Files.newInputStream(signer.certificate())) {
                var certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
                if (certificates.isEmpty()) {
                    throw new IllegalArgumentException("there is no certificate of " + signer.party());
                }
                for (Certificate certificate : certificates) {
                    String other = parties.put((X509Certificate) certificate, signer.party());
                    if (other != null && !other.equals(signer.party())) {
                        throw new IllegalArgumentException(
                                "a certificate stands for both " + other + " and " + signer.party());
                    }
                }
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalArgumentException("the certificate of " + signer.party() + " cannot be read", e);
            }
        }
        return new LedSigners(parties);
    }

    public boolean isEmpty() {
        return parties.isEmpty();
    }

    Optional<String> party(X509Certificate certificate) {
        return Optional.ofNullable(parties.get(certificate));
    }

    Merlin trust() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate certificate : parties.keySet()) {
                store.setCertificateEntry("signer-" + number++, certificate);
            }
            Merlin crypto = new Merlin();
            crypto.setTrustStore(store);
            return crypto;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("certificates were not put into a store", e);
        }
    }
}
