package eu.diplomatics.query.notice;

import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.query.accesslog.NoticeLedger;
import eu.diplomatics.query.disclosure.CaseFollower;
import eu.diplomatics.query.disclosure.NoticeGate;
import eu.diplomatics.retention.Kept;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

/** Notices are written while the service runs, and brought to those that do not ask; what is told comes from the log's own store. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NoticeSettings.class)
class NoticeConfiguration {
    @Bean(initMethod = "start")
    NoticeLife noticeLife(
            EventReader log,
            Incarnations incarnations,
            NoticeLedger ledger,
            NoticeSeal seal,
            CaseFollower cases,
            MeterRegistry metrics,
            NoticeSettings settings,
            @Value("${diplomatics.retention.notices:#{null}}") @Nullable Duration kept) {
        InstantSource clock = InstantSource.system();
        NoticeMaker maker = new NoticeMaker(log, incarnations, ledger, seal, cases, clock, Kept.NOTICES.period(kept));
        return new NoticeLife(maker, ledger, settings.every(), clock, metrics);
    }

    /** Nobody's, where nothing is signed. */
    record Signing(@Nullable NoticeSigner signer) {}

    @Bean
    Signing noticeSigning(NoticeSettings settings) {
        NoticeSettings.Store store = settings.signing();
        return new Signing(store == null ? null : NoticeSigner.load(store));
    }

    @Bean
    NoticeKeys noticeKeys(Signing signing) {
        NoticeSigner signer = signing.signer();
        return new NoticeKeys(signer == null ? Map.of("keys", List.of()) : signer.keys());
    }

    /** Those who bring notices, perhaps nobody. */
    record Carriers(List<Webhooks> all) implements AutoCloseable {
        @Override
        public void close() {
            all.forEach(Webhooks::close);
        }
    }

    @Bean
    Carriers noticeCarriers(
            NoticeSettings settings,
            NoticeGate gate,
            Signing signing,
            JsonMapper json,
            Environment environment,
            MeterRegistry metrics) {
        NoticeSigner signer = signing.signer();
        if (signer == null || settings.webhooks().isEmpty()) {
            return new Carriers(List.of());
        }
        Webhooks webhooks = new Webhooks(
                settings,
                gate,
                signer,
                json,
                InstantSource.system(),
                environment.matchesProfiles("insecure"),
                trust(settings.trust()));
        Gauge.builder("diplomatics.notices.webhooks.failing", webhooks, Webhooks::failing)
                .description("agencies that did not take the notices that were brought to them last")
                .register(metrics);
        webhooks.start();
        return new Carriers(List.of(webhooks));
    }

    private static SSLContext trust(NoticeSettings.@Nullable Store store) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            KeyStore trusted = null;
            if (store != null) {
                trusted = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(store.keyStore())) {
                    trusted.load(in, store.password().toCharArray());
                }
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("diplomatics.notices.trust cannot be read", e);
        }
    }
}
