package eu.diplomatics.portal.page;

import eu.diplomatics.portal.PortalSettings;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.catalina.session.StandardManager;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Language of pages, how many visitors there may be, and that nothing of theirs travels in the clear. */
@Configuration(proxyBeanMethods = false)
class PageConfiguration implements WebMvcConfigurer {
    private static final Duration LONGEST_VISIT = Duration.ofHours(8);

    private final Languages languages = new Languages();

    @Bean
    LocaleResolver localeResolver() {
        return languages;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(languages);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> boundedAndEncrypted(
            PortalSettings settings, Environment environment) {
        return factory -> {
            requireTls(settings, environment);
            requireAnEnd(settings, environment);
            factory.addContextCustomizers(context -> {
                StandardManager sessions = new StandardManager();
                sessions.setMaxActiveSessions(settings.visitors());
                // nothing of a visit is written when the process ends
                sessions.setPathname(null);
                context.setManager(sessions);
            });
        };
    }

    /** Refuses to start where a visit would have no end, or one that nobody reaches (ASVS 7.3.1, 7.3.2). */
    static void requireAnEnd(PortalSettings settings, Environment environment) {
        Duration longest = settings.signedInFor();
        if (!longest.isPositive() || longest.compareTo(LONGEST_VISIT) > 0) {
            throw new IllegalStateException("diplomatics.portal.signed-in-for has to be eight hours at most");
        }
        Duration idle = environment.getProperty("server.servlet.session.timeout", Duration.class, Duration.ZERO);
        if (!idle.isPositive() || idle.compareTo(longest) > 0) {
            throw new IllegalStateException(
                    "server.servlet.session.timeout has to be longer than nothing, and at most signed-in-for");
        }
    }

    /** Refuses to start where a person, a token or a code could be overheard. */
    static void requireTls(PortalSettings settings, Environment environment) {
        if (environment.matchesProfiles("insecure")) {
            return;
        }
        Stream.of(
                        settings.origin(),
                        settings.query(),
                        URI.create(settings.provider().issuer()))
                .filter(address -> !"https".equals(address.getScheme()))
                .findFirst()
                .ifPresent(address -> {
                    throw new IllegalStateException("diplomatics.portal: " + address + " has to begin with https://");
                });
        if (!environment.containsProperty("server.ssl.bundle")
                && !InetAddress.ofLiteral(environment.getProperty("server.address", "127.0.0.1"))
                        .isLoopbackAddress()) {
            throw new IllegalStateException(
                    "server.ssl.bundle is missing: without it these pages are served on loopback addresses only");
        }
    }
}
