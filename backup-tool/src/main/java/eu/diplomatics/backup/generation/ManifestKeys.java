package eu.diplomatics.backup.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The manifest key: signs manifests and the index of generations. Ed25519 (RFC 8032). */
public final class ManifestKeys {
    private static final String ALGORITHM = "Ed25519";

    private final List<PublicKey> believed;
    private final Optional<PrivateKey> own;

    private ManifestKeys(List<PublicKey> believed, Optional<PrivateKey> own) {
        this.believed = List.copyOf(believed);
        this.own = own;
    }

    /**
     * @param believed public keys, X.509 encoding; of a key that is replaced the old one and the new
     * @param own file with the private key, PKCS #8 in PEM; empty for who only verifies
     * @throws IOException when one of them is no such key
     */
    public static ManifestKeys of(List<byte[]> believed, Optional<Path> own) throws IOException {
        try {
            KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
            List<PublicKey> keys = new ArrayList<>();
            for (byte[] key : believed) {
                keys.add(factory.generatePublic(new X509EncodedKeySpec(key)));
            }
            Optional<PrivateKey> mine = Optional.empty();
            if (own.isPresent()) {
                String pem = Files.readString(own.get());
                mine = Optional.of(factory.generatePrivate(new PKCS8EncodedKeySpec(
                        Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----|\\s", "")))));
            }
            ManifestKeys made = new ManifestKeys(keys, mine);
            if (mine.isPresent() && !made.isBelieved("probe", made.sign("probe", "{}"))) {
                throw new IOException("the manifest key is not among those that are believed");
            }
            return made;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("a manifest key cannot be read", e);
        }
    }

    /** @throws IllegalStateException for who only verifies */
    public SignedText sign(String type, String statement) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(own.orElseThrow(() -> new IllegalStateException("no manifest key to sign with")));
            signature.update(SignedText.message(type, statement));
            return new SignedText(statement, signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Those that are believed, X.509 encoding. */
    List<byte[]> publicKeys() {
        return believed.stream().map(PublicKey::getEncoded).toList();
    }

    boolean isBelieved(String type, SignedText text) {
        for (PublicKey key : believed) {
            try {
                Signature signature = Signature.getInstance(ALGORITHM);
                signature.initVerify(key);
                signature.update(SignedText.message(type, text.statement()));
                if (signature.verify(text.signature())) {
                    return true;
                }
            } catch (GeneralSecurityException e) {
                // no signature of this key's form
            }
        }
        return false;
    }

    /** @throws UntrustedException unless one of the believed keys signed it */
    public SignedText check(String type, byte[] stored) throws UntrustedException {
        SignedText text = SignedText.parse(stored);
        if (!isBelieved(type, text)) {
            throw new UntrustedException("not signed by a manifest key that is believed");
        }
        return text;
    }
}
