package eu.diplomatics.registry.edge;

import eu.diplomatics.edge.CallRates;
import eu.diplomatics.edge.PatientProtocol;
import eu.diplomatics.edge.SecurityHeaders;
import eu.diplomatics.golive.Declared;
import eu.diplomatics.golive.GoLiveCondition;
import jakarta.servlet.DispatcherType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** TLS, headers of answers, rates of callers, patience with slow ones. */
@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {
    @Bean
    FilterRegistrationBean<SecurityHeaders> securityHeaders() {
        FilterRegistrationBean<SecurityHeaders> registration = new FilterRegistrationBean<>(new SecurityHeaders());
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ERROR);
        return registration;
    }

    @Bean
    CallRates callRates(EdgeSettings settings) {
        return new CallRates(settings.callsPerSecond(), settings.burst(), System::nanoTime);
    }

    @Bean
    GoLiveCondition callersTls(Environment environment) {
        return Declared.callersTls(environment.containsProperty("server.ssl.bundle")
                && environment.getProperty("server.ssl.enabled", Boolean.class, true));
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> patienceAndTls(
            EdgeSettings settings, Environment environment) {
        return factory -> {
            String aside = environment.getProperty("management.server.port");
            if (aside != null
                    && !aside.equals(environment.getProperty("server.port"))
                    && !environment.matchesProfiles("insecure")) {
                throw new IllegalStateException(
                        "management.server.port opens a door where the rules of this one do not hold: leave it out");
            }
            factory.setProtocol(PatientProtocol.class.getName());
            factory.addProtocolHandlerCustomizers(handler -> {
                if (handler instanceof PatientProtocol protocol) {
                    protocol.setPatience(settings.headPatience(), settings.bodyPatience());
                    protocol.setTls(settings.tls());
                }
            });
            factory.addConnectorCustomizers(connector -> {
                if (connector.getProtocolHandler() instanceof PatientProtocol protocol) {
                    protocol.requireTlsBeyondLoopback();
                }
            });
        };
    }
}
