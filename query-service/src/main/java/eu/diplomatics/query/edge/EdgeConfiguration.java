package eu.diplomatics.query.edge;

import eu.diplomatics.edge.CallRates;
import eu.diplomatics.edge.PatientProtocol;
import eu.diplomatics.edge.SecurityHeaders;
import jakarta.servlet.DispatcherType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Headers of answers, rates of callers, patience with slow ones. */
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
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> patience(EdgeSettings settings) {
        return factory -> {
            factory.setProtocol(PatientProtocol.class.getName());
            factory.addConnectorCustomizers(connector -> {
                if (connector.getProtocolHandler() instanceof PatientProtocol protocol) {
                    protocol.setPatience(settings.headPatience(), settings.bodyPatience());
                }
            });
        };
    }
}
