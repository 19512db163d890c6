package eu.diplomatics.registry.caller;

import java.net.InetAddress;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Profile;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Where callers are taken at their word, nobody outside this machine may be able to speak. */
@Component
@Profile("insecure")
@Order(Ordered.LOWEST_PRECEDENCE)
final class LoopbackOnly implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final Environment environment;

    LoopbackOnly(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        InetAddress address = factory.getAddress();
        if (address == null || !address.isLoopbackAddress()) {
            throw refused("server.address");
        }
        // A management server of its own would be bound by settings that this check does not see.
        if (environment.containsProperty("management.server.port")
                && !environment
                        .getProperty("management.server.port", "")
                        .equals(environment.getProperty("server.port"))) {
            throw refused("management.server.port");
        }
        if (!factory.getAdditionalConnectors().isEmpty()) {
            throw refused("an additional connector");
        }
    }

    private static IllegalStateException refused(String setting) {
        return new IllegalStateException(
                "profile insecure serves loopback addresses only, and " + setting + " goes beyond");
    }
}
