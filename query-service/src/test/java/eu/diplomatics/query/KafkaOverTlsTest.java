package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.edge.KafkaTls;
import eu.diplomatics.local.LivingAuthority;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalKafka;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R08, R25, ASVS 12.3.1: the projection speaks to Kafka over TLS 1.3, with certificates of both sides. */
class KafkaOverTlsTest {
    private static String[] settings(LocalAuthority stores) {
        return new String[] {
            "diplomatics.kafka.tls.key-store=" + stores.keyStore("query"),
            "diplomatics.kafka.tls.trust-store=" + stores.trustStore(),
            "diplomatics.kafka.tls.store-password=" + new String(stores.password())
        };
    }

    @Test
    void eventsComeOverTlsAndWithoutACertificateOfTheAuthorityNoneDo(@TempDir Path directory) {
        LocalAuthority own = new LivingAuthority(directory.resolve("own"), List.of("kafka", "query")).stores();
        LocalAuthority stranger = new LivingAuthority(directory.resolve("stranger"), List.of("query")).stores();
        Map<String, String> connection =
                new KafkaTls(own.keyStore("query"), own.trustStore(), new String(own.password())).settings();
        try (LocalKafka kafka = LocalKafka.temporaryWithTls(own.brokerSettings("kafka"));
                QueryFixture fixture = new QueryFixture(kafka, Map.of(), connection)) {
            Insz insz = Deliveries.person();
            try (RunningQuery query = fixture.start(settings(own))) {
                Deliveries.awaitConsuming(query);
                Registered registered = fixture.registry().register(insz);
                fixture.relay().publishAll();
                Deliveries.awaitProjected(query, registered.place().position());
                assertThat(query.consult(insz.digits()).status()).isEqualTo(200);
            }
            for (String[] wrong : List.of(settings(stranger), new String[0])) {
                try (RunningQuery query = fixture.start(wrong)) {
                    Deliveries.eventually()
                            .until(() -> query.standing()
                                    .path("projector")
                                    .asString()
                                    .equals("KAFKA_UNREACHABLE"));
                    assertThat(query.consult(insz.digits()).status())
                            .as("answered from what is there")
                            .isEqualTo(200);
                }
            }
        }
    }

    @Test
    void halfOfTheSettingsIsRefused() {
        assertThatThrownBy(() -> new KafkaTls(Path.of("a.p12"), null, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("diplomatics.kafka.tls");
    }
}
