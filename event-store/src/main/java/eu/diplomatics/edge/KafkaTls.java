package eu.diplomatics.edge;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a service speaks to Kafka: TLS 1.3 with the certificates of both sides and the broker's name checked, or, where
 * nothing is configured, without TLS.
 *
 * @param keyStore PKCS12 with the key and certificate that the service shows
 * @param trustStore PKCS12 with the authorities of brokers
 * @param storePassword of both
 */
public record KafkaTls(
        @Nullable Path keyStore,
        @Nullable Path trustStore,
        @Nullable String storePassword) {
    public KafkaTls {
        boolean none = keyStore == null && trustStore == null && storePassword == null;
        if (!none && (keyStore == null || trustStore == null || storePassword == null)) {
            throw new IllegalArgumentException(
                    "diplomatics.kafka.tls needs all of key-store, trust-store and store-password, or none");
        }
    }

    /** Without TLS. */
    public static KafkaTls none() {
        return new KafkaTls(null, null, null);
    }

    public boolean isConfigured() {
        return keyStore != null;
    }

    /** Settings of a client of Kafka's; none without TLS. */
    public Map<String, String> settings() {
        if (keyStore == null || trustStore == null || storePassword == null) {
            return Map.of();
        }
        return Map.ofEntries(
                Map.entry("security.protocol", "SSL"),
                Map.entry("ssl.protocol", "TLSv1.3"),
                Map.entry("ssl.enabled.protocols", "TLSv1.3"),
                Map.entry("ssl.endpoint.identification.algorithm", "https"),
                Map.entry("ssl.keystore.type", "PKCS12"),
                Map.entry("ssl.keystore.location", keyStore.toString()),
                Map.entry("ssl.keystore.password", storePassword),
                Map.entry("ssl.key.password", storePassword),
                Map.entry("ssl.truststore.type", "PKCS12"),
                Map.entry("ssl.truststore.location", trustStore.toString()),
                Map.entry("ssl.truststore.password", storePassword));
    }

    @Override
    public String toString() {
        return isConfigured() ? "KafkaTls[redacted]" : "KafkaTls[none]";
    }
}
