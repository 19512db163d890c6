package eu.diplomatics.quickstart.provider;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** An identity provider for one machine; told by environment variables {@code PROVIDER_PORT}, {@code PROVIDER_PORTAL} and
 * {@code PROVIDER_KEYS}. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(ProviderConfiguration.class)
public class ProviderApplication {
    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(ProviderApplication.class);
        application.setDefaultProperties(Map.of(
                "server.address", "127.0.0.1",
                "server.port", "${provider.port}",
                "server.servlet.session.timeout", "15m",
                "server.servlet.session.cookie.same-site", "lax",
                "spring.main.banner-mode", "off",
                "logging.structured.format.console", "ecs"));
        application.run(args);
    }
}
