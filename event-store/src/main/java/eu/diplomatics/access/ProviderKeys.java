package eu.diplomatics.access;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A provider's public keys, asked for when first needed. While the provider is away, those it published last are used, for
 * a bounded time; a key nobody knows makes it be asked again, but not more often than twice a minute.
 */
final class ProviderKeys {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration ASKED_AGAIN = Duration.ofSeconds(30);
    private static final int LONGEST_SET = 65_536;

    private ProviderKeys() {}

    static JWKSource<SecurityContext> of(
            URI address, IdentitySettings settings, Duration keysFor, Duration keysAtMost) {
        DefaultResourceRetriever retriever = new DefaultResourceRetriever(
                (int) CONNECT_LIMIT.toMillis(),
                (int) ANSWER_LIMIT.toMillis(),
                LONGEST_SET,
                true,
                trusting(settings.trustStore(), settings.trustStorePassword()));
        try {
            JWKSourceBuilder<SecurityContext> builder = JWKSourceBuilder.create(address.toURL(), retriever);
            return builder.cache(keysFor.toMillis(), 2 * ANSWER_LIMIT.toMillis())
                    .refreshAheadCache(false)
                    .rateLimited(Math.min(ASKED_AGAIN.toMillis(), keysFor.toMillis() / 2))
                    .outageTolerant(keysAtMost.toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("the address of an issuer's keys is none", e);
        }
    }

    /** Trusts servers and shows no certificate of our own: a provider would refuse one that it does not know. */
    private static @Nullable SSLSocketFactory trusting(@Nullable Path store, @Nullable String password) {
        if (store == null) {
            return null;
        }
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(in, password == null ? null : password.toCharArray());
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("diplomatics.identity.trust-store cannot be read", e);
        }
    }
}
