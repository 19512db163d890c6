package eu.diplomatics.led;

import eu.diplomatics.led.LedSigners.Signer;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/** Parties with a key and a certificate each, all by one authority. */
public final class SigningParties {
    private final LocalAuthority authority;
    private final Path folder;

    public SigningParties(Path folder, String... names) {
        this.folder = folder;
        authority = LocalAuthority.in(folder.resolve("authority"), List.of(names));
    }

    public LedSigning signing(String name) {
        return LedSigning.load(keyStore(name), authority.password());
    }

    public Path keyStore(String name) {
        return authority.keyStore(name);
    }

    public String password() {
        return new String(authority.password());
    }

    public LedSigners signers(String... names) {
        return LedSigners.load(Arrays.stream(names)
                .map(name -> new Signer(name, certificateFile(name)))
                .toList());
    }

    /** In PEM. */
    public Path certificateFile(String name) {
        try {
            return Files.writeString(
                    folder.resolve(name + ".pem"),
                    "-----BEGIN CERTIFICATE-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(certificate(name).getEncoded())
                            + "\n-----END CERTIFICATE-----\n");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public X509Certificate certificate(String name) {
        try (InputStream in = Files.newInputStream(keyStore(name))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, authority.password());
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return (X509Certificate) store.getCertificate(alias);
                }
            }
            throw new IllegalStateException("no key");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
