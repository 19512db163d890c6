package eu.diplomatics.registry;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Institutions register, correct, annul and reinstate qualifications; the relay carries the events on. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RegistryApplication {
    static {
        // Axon asks its maker for news otherwise; no process of ours calls out.
        System.setProperty("axoniq.update-checker.disabled", "true");
    }

    public static void main(String[] args) {
        SpringApplication.run(RegistryApplication.class, args);
    }
}
