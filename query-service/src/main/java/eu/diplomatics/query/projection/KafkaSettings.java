package eu.diplomatics.query.projection;

import eu.diplomatics.edge.KafkaTls;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the relay's records are.
 *
 * @param properties further settings of the Kafka client
 * @param tls how the broker is spoken to
 */
@ConfigurationProperties("diplomatics.kafka")
record KafkaSettings(
        String bootstrapServers,
        @DefaultValue("diplomatics.events.1.1") String topic,
        @DefaultValue Map<String, String> properties,
        @DefaultValue KafkaTls tls) {}
