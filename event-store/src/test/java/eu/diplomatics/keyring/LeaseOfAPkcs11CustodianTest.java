package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.keyring.Custodian.IndexRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service with a short lease does while the token of its custodian's process is away, and after. */
class LeaseOfAPkcs11CustodianTest {
    private static final Duration TTL = Duration.ofSeconds(8);

    @TempDir
    Path directory;

    @Test
    void failsClosedWhenItEndsAndRecoversByItselfOnceTheTokenIsBack() throws Exception {
        try (KeyringFixture fixture = KeyringFixture.create(Files.createDirectory(directory.resolve("keyring")));
                SoftHsmCustodian custodian = SoftHsmCustodian.start(directory);
                KekLease lease = KekLease.start(fixture.dataSource("registry"), custodian.client("registry"), TTL)) {
            Keyring keyring = new Keyring(fixture.dataSource("registry"), lease);
            HttpsCustodian registry = custodian.client("registry");
            UUID id = UUID.randomUUID();
            keyring.create(List.of(NewKey.first(id, KeyRegime.STATUTORY)));
            List<IndexRequest> question = List.of(new IndexRequest("holder-index", new byte[32]));
            byte[] index = registry.index(question).getFirst();

            for (int outage = 0; outage < 2; outage++) {
                custodian.takeTokenAway();
                assertThatThrownBy(() -> registry.index(question)).isInstanceOf(KeysUnavailableException.class);
                assertThat(keyring.open(List.of(id)))
                        .as("the lease lasts for half of its time at least")
                        .containsOnlyKeys(id);

                await().atMost(TTL.multipliedBy(3)).until(() -> !lease.isValid());
                assertThatThrownBy(() -> keyring.open(List.of(id))).isInstanceOf(KeysUnavailableException.class);
                assertThatThrownBy(() -> keyring.create(List.of(NewKey.first(UUID.randomUUID(), KeyRegime.STATUTORY))))
                        .isInstanceOf(KeysUnavailableException.class);

                custodian.putTokenBack();
                await().atMost(Duration.ofSeconds(60)).until(lease::isValid);
                assertThat(keyring.open(List.of(id))).containsOnlyKeys(id);
                assertThat(registry.index(question).getFirst()).isEqualTo(index);
            }
            assertThat(custodian.runs()).isTrue();
            assertThat(custodian.said())
                    .contains("token site-1 is MISSING: there is no token labelled site-1")
                    .contains("token site-1 is OPEN");
        }
    }
}
