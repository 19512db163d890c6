package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.IndexRequest;
import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.net.ssl.SSLServerSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** R08: the custodian and its caller know each other by certificates. */
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
    void aCustodianOfAnotherAuthorityIsNotTrusted() throws Exception {
        LocalAuthority other = LocalAuthority.in(directory.resolve("other"));
        Certificate foreign = load(other.trustStore(), other.password()).getCertificate("authority");
        Certificate ours = load(custodian.authority().trustStore(), password()).getCertificate("authority");
        // its own certificate is the right one: only the custodian's is in question
        assertThatCode(() -> ask(custodian.uri(), ours)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ask(custodian.uri(), foreign)).isInstanceOf(KeysUnavailableException.class);
    }

    @ParameterizedTest
    @CsvSource({"ip:127.0.0.1, true", "dns:custodian.example, false"})
    void aCustodianWhoseCertificateIsForAnotherHostIsNotTrusted(String host, boolean trusted) throws Exception {
        Path keyStore = directory.resolve("host.p12");
        String[] keytool = {
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "custodian",
            "-keyalg",
            "EC",
            "-dname",
            "CN=custodian",
            "-ext",
            "san=" + host,
            "-keystore",
            keyStore.toString(),
            "-storepass:file",
            custodian.authority().passwordFile().toString()
        };
        assertThat(new ProcessBuilder(keytool)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("keytool.log").toFile())
                        .start()
                        .waitFor())
                .isZero();
        custodian.stop();
        CustodianConfiguration usual = custodian.configuration();
        var tls = new CustodianConfiguration.Tls(
                keyStore, usual.tls().trustStore(), usual.tls().passwordFile());
        try (CustodianServer server = CustodianServer.start(new CustodianConfiguration(
                usual.id(), usual.host(), 0, usual.token(), tls, usual.auditDirectory(), usual.clients()))) {
            Certificate itself = load(keyStore, password()).getCertificate("custodian");
            if (trusted) {
                assertThatCode(() -> ask(server.uri(), itself)).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> ask(server.uri(), itself)).isInstanceOf(KeysUnavailableException.class);
            }
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
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anEndpointThatAcceptsAndSaysNothingIsLeftForTheNext() throws IOException {
        try (ServerSocket silent = new ServerSocket(0);
                HttpsCustodian client =
                        impatient(List.of(URI.create("https://127.0.0.1:" + silent.getLocalPort()), custodian.uri()))) {
            client.checkReady();
        }
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anEndpointThatFreezesWithinItsAnswerIsLeftForTheNext() throws Exception {
        String half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\"";
        try (SSLServerSocket frozen = answering(half);
                HttpsCustodian alone = impatient(List.of(uri(frozen)));
                HttpsCustodian both = impatient(List.of(uri(frozen), custodian.uri()))) {
            assertThatThrownBy(alone::checkReady).isInstanceOf(KeysUnavailableException.class);
            both.checkReady();
        }
    }

    @Test
    void aFaultOfTheCustodianIsNamedByItsCode() throws Exception {
        Path keys = directory.resolve("keys.p12");
        Files.move(keys, directory.resolve("away"));
        assertThatThrownBy(custodian.client("registry")::checkReady)
                .isInstanceOf(KeysUnavailableException.class)
                .hasMessage("custodian refused: 503 TOKEN_UNAVAILABLE");
    }

    @Test
    void aBusyCustodianIsAskedAgainWhenItSays() throws Exception {
        String busy = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 15\r\n\r\n{\"code\":\"BUSY\"}";
        String ready = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        try (SSLServerSocket server = answering(busy, busy, busy, ready);
                HttpsCustodian client = impatient(List.of(uri(server)))) {
            client.checkReady();
        }
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aBusyEndpointIsNotWaitedForWhileThereIsAnotherToAsk() throws Exception {
        String busy = "HTTP/1.1 503 Busy\r\nRetry-After: 4\r\nContent-Length: 15\r\n\r\n{\"code\":\"BUSY\"}";
        String ready = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        try (SSLServerSocket first = answering(busy);
                SSLServerSocket second = answering(ready);
                HttpsCustodian client = impatient(List.of(uri(first), uri(second)))) {
            assertTimeout(Duration.ofSeconds(3), client::checkReady);
        }
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whenAllAreBusyTheyAreAskedAgainWhenTheFirstSays() throws Exception {
        String busy = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 15\r\n\r\n{\"code\":\"BUSY\"}";
        String longer = busy.replace("After: 1", "After: 60");
        String ready = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        try (SSLServerSocket first = answering(longer);
                SSLServerSocket second = answering(busy, ready);
                HttpsCustodian client = impatient(List.of(uri(first), uri(second)))) {
            client.checkReady();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"429 Wait\r\nRetry-After: 60", "403 Stopped"})
    void aQuotaThatIsUsedUpAndAStopAreNotEvadedAtAnotherEndpoint(String refusal) throws Exception {
        String code = refusal.startsWith("403") ? "{\"code\":\"CLIENT_STOPPED\"}" : "{\"code\":\"QUOTA_EXCEEDED\"}";
        String limited = "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s".formatted(refusal, code.length(), code);
        try (SSLServerSocket first = answering(limited);
                HttpsCustodian client = impatient(List.of(uri(first), custodian.uri()));
                SecretBytes key = SecretBytes.random(32)) {
            WrappedKey wrapped = custodian.client("registry").wrap(key, CONTEXT);
            for (ThrowingCallable call :
                    List.<ThrowingCallable>of(client::checkReady, () -> client.unwrap(wrapped, CONTEXT))) {
                assertThatThrownBy(call)
                        .isInstanceOf(KeysUnavailableException.class)
                        .hasMessageContaining(refusal.substring(0, 3));
            }
        }
    }

    @Test
    void keysAreInHardwareWhenEveryEndpointSaysSo() throws Exception {
        String hardware = "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"status\":\"READY\",\"hardware\":true}";
        String silent = "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"status\":\"READY\"}";
        assertThat(custodian.client("registry").isInHardware()).isFalse();
        try (SSLServerSocket module = answering(hardware);
                SSLServerSocket older = answering(silent);
                HttpsCustodian alone = impatient(List.of(uri(module)));
                HttpsCustodian withFile = impatient(List.of(uri(module), custodian.uri()));
                HttpsCustodian withSilent = impatient(List.of(uri(module), uri(older)))) {
            assertThat(alone.isInHardware()).isTrue();
            assertThat(withFile.isInHardware()).isFalse();
            assertThatThrownBy(withSilent::isInHardware).isInstanceOf(KeysUnavailableException.class);
            custodian.stop();
            assertThatThrownBy(withFile::isInHardware).isInstanceOf(KeysUnavailableException.class);
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

    private HttpsCustodian impatient(List<URI> endpoints) {
        return new HttpsCustodian(
                endpoints,
                custodian.authority().keyStore("registry"),
                custodian.authority().trustStore(),
                password(),
                Duration.ofMillis(500),
                Duration.ofMillis(1_000));
    }

    /** With the registry's own certificate, trusting only this one. */
    private void ask(URI uri, Certificate trusted) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("trusted", trusted);
        Path file = directory.resolve("trusted.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trust.store(out, password());
        }
        try (HttpsCustodian client =
                new HttpsCustodian(List.of(uri), custodian.authority().keyStore("registry"), file, password())) {
            client.checkReady();
        }
    }

    private SSLServerSocket answering(String... answers) throws Exception {
        return FakeEndpoint.answering(custodian.authority(), answers);
    }

    private static URI uri(SSLServerSocket server) {
        return FakeEndpoint.uri(server);
    }

    private char[] password() {
        return custodian.authority().password();
    }

    private static KeyStore load(Path file, char[] password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    private static List<IndexRequest> requests(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new IndexRequest(
                        "holder-index", ByteBuffer.allocate(32).putInt(i).array()))
                .toList();
    }
}
