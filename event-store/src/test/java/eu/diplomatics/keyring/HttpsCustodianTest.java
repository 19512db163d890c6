package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.DestroyRequest;
import eu.diplomatics.keyring.Custodian.IndexRequest;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpsCustodianTest {
    private static final byte[] CONTEXT = "test".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private final AdjustableClock clock = new AdjustableClock();
    private TestCustodian custodian;

    @BeforeEach
    void start() {
        Map<String, Client> clients = new HashMap<>(CustodianConfiguration.defaultClients());
        clients.put("query", new Client(Set.of(Verb.INDEX), Set.of("holder-index"), 1_000, 2_000));
        custodian = TestCustodian.start(directory, clients, clock);
    }

    @AfterEach
    void stop() {
        custodian.close();
    }

    @Test
    void wrapsAndUnwraps() {
        Custodian registry = custodian.client("registry");
        try (SecretBytes key = SecretBytes.random(32);
                SecretBytes again = registry.unwrap(registry.wrap(key, CONTEXT), CONTEXT)) {
            assertThat(again.reveal()).isEqualTo(key.reveal());
        }
    }

    @Test
    void indexesMoreThanABatchInOrder() {
        Custodian registry = custodian.client("registry");
        List<IndexRequest> requests = requests(4_500);
        List<byte[]> values = registry.index(requests);
        assertThat(values).hasSize(4_500);
        assertThat(registry.index(requests.subList(4_499, 4_500)).getFirst()).isEqualTo(values.getLast());
    }

    @Test
    void aRefusalNamesItsCodeAndNothingElse() {
        Custodian query = custodian.client("query");
        try (SecretBytes key = SecretBytes.random(32)) {
            assertThatThrownBy(() -> query.wrap(key, CONTEXT))
                    .isInstanceOf(KeysUnavailableException.class)
                    .hasMessage("custodian refused: 403 VERB_NOT_ALLOWED");
        }
    }

    @Test
    void aCustodianOfAnotherAuthorityIsNotTrusted() {
        LocalAuthority other = LocalAuthority.in(directory.resolve("other"));
        try (HttpsCustodian client = new HttpsCustodian(
                List.of(custodian.uri()), other.keyStore("registry"), other.trustStore(), other.password())) {
            assertThatThrownBy(client::checkReady).isInstanceOf(KeysUnavailableException.class);
        }
    }

    @Test
    void asksTheOtherEndpointWhenOneIsDownAndFindsBack() {
        URI first = custodian.uri();
        HttpsCustodian alone = custodian.client("registry");
        alone.checkReady();
        custodian.restart();
        assertThatThrownBy(alone::checkReady).isInstanceOf(KeysUnavailableException.class);

        HttpsCustodian both = custodian.client("registry", List.of(first, custodian.uri()));
        both.checkReady();
        assertThat(both.index(requests(3))).hasSize(3);

        custodian.stop();
        assertThatThrownBy(both::checkReady).isInstanceOf(KeysUnavailableException.class);
    }

    @Test
    void anEndpointThatAcceptsAndSaysNothingIsLeftForTheNext() throws IOException {
        try (ServerSocket silent = new ServerSocket(0);
                HttpsCustodian client = new HttpsCustodian(
                        List.of(URI.create("https://127.0.0.1:" + silent.getLocalPort()), custodian.uri()),
                        custodian.authority().keyStore("registry"),
                        custodian.authority().trustStore(),
                        custodian.authority().password(),
                        Duration.ofMillis(500),
                        Duration.ofMillis(1_000))) {
            client.checkReady();
        }
    }

    @Test
    void aQuotaIsWaitedForWithinTheDeadline() {
        Custodian query = custodian.client("query");
        assertThat(query.index(requests(2_000))).hasSize(2_000);
        assertThat(query.index(requests(1_000))).hasSize(1_000);
        assertThat(custodian.audit()).contains("QUOTA_EXCEEDED");
    }

    @Test
    void aDestructionIsProvenAndTheKeyOpensNothingAnyMore() {
        Custodian registry = custodian.client("registry");
        HttpsCustodian operator = custodian.client("operator");
        WrappedKey wrapped;
        try (SecretBytes key = SecretBytes.random(32)) {
            wrapped = registry.wrap(key, CONTEXT);
        }
        byte[] receiptKey = operator.status().receiptKey();
        clock.advance(Duration.ofDays(1));
        DestructionReceipt receipt =
                operator.destroy(new DestroyRequest("epoch-2026-11-22", "0f".repeat(32), List.of("an", "bo")));
        assertThat(receipt.isSignedBy(receiptKey)).isTrue();
        assertThat(receipt.statement()).contains("epoch-2026-11-22").contains("0f".repeat(32));
        assertThat(new DestructionReceipt(receipt.statement().replace("22", "21"), receipt.signature())
                        .isSignedBy(receiptKey))
                .isFalse();
        assertThatThrownBy(() -> registry.unwrap(wrapped, CONTEXT))
                .isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining("KEY_DESTROYED");
        assertThat(operator.status().labels()).doesNotContain("epoch-2026-11-22");
    }

    @Test
    void addressesWithoutTlsAndStoresThatDoNotOpenAreRefusedAtOnce() {
        LocalAuthority authority = custodian.authority();
        assertThatThrownBy(() -> new HttpsCustodian(
                        List.of(URI.create("http://127.0.0.1:1")),
                        authority.keyStore("registry"),
                        authority.trustStore(),
                        authority.password()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HttpsCustodian(
                        List.of(custodian.uri()),
                        authority.keyStore("registry"),
                        authority.trustStore(),
                        "wrong".toCharArray()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<IndexRequest> requests(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new IndexRequest(
                        "holder-index", ByteBuffer.allocate(32).putInt(i).array()))
                .toList();
    }
}
