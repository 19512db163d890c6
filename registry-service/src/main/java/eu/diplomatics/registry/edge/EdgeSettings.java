package eu.diplomatics.registry.edge;

import eu.diplomatics.edge.EdgeTls;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds for callers that ask much, or slowly. They keep the service standing; what a caller may ask for is decided elsewhere.
 *
 * @param callsPerSecond that one caller may go on making
 * @param burst how many it may make at once after a rest
 * @param headPatience how long the head of a request may take
 * @param bodyPatience how long a body may be waited for, in all, before it has to come at a kibibyte a second
 * @param tls which TLS callers may speak, and whose certificates were revoked
 */
@ConfigurationProperties("diplomatics.edge")
record EdgeSettings(
        @DefaultValue("5000") double callsPerSecond,
        @DefaultValue("20000") int burst,
        @DefaultValue("20s") Duration headPatience,
        @DefaultValue("30s") Duration bodyPatience,
        @DefaultValue EdgeTls tls) {}
