package eu.diplomatics.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An authority that still has its key, for tests that renew and revoke while the services run. */
public final class LivingAuthority {
    private static final Duration VALIDITY = Duration.ofDays(200);
    private static final Duration LIST = Duration.ofDays(30);

    private final CertificateIssuer issuer;
    private final CertificateFiles files;
    private final LocalAuthority stores;
    private final Map<String, X509Certificate> current = new HashMap<>();
    private final List<X509Certificate> revoked = new ArrayList<>();

    /** Certificates for these names, in this directory. */
    public LivingAuthority(Path directory, List<String> names) {
        try {
            Files.createDirectories(directory);
            this.issuer = new CertificateIssuer("Diplomatics test authority", Instant.now(), VALIDITY);
            String password = Passwords.random();
            this.stores = LocalAuthority.at(directory);
            this.files = new CertificateFiles(directory.toAbsolutePath(), password);
            files.writePassword(stores.passwordFile());
            files.writeAuthority(issuer.certificate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        names.forEach(this::renew);
        publish(LIST);
    }

    /** Where the stores are. */
    public LocalAuthority stores() {
        return stores;
    }

    /** A new key and certificate in the place of the former. */
    public X509Certificate renew(String name) {
        try {
            CertificateIssuer.Issued issued = issuer.issue(name);
            files.writeService(name, issued, issuer.certificate());
            current.put(name, issued.certificate());
            return issued.certificate();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate that this name has now is revoked, and the list says so. */
    public void revoke(String name) {
        revoked.add(Objects.requireNonNull(current.get(name)));
        publish(LIST);
    }

    /** The same list again, in force for so long from now; negative: it was. */
    public void publish(Duration inForce) {
        try {
            Instant begin = Instant.now().minus(Duration.ofHours(2));
            files.writeRevocations(
                    issuer.revocations(revoked, begin, Instant.now().plus(inForce)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
