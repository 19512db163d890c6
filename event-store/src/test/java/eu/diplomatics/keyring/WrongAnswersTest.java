package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.IndexRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A custodian that answers wrongly: nothing is done with the answer, and nothing is sealed under a key that is none. */
class WrongAnswersTest {
    private static final byte[] CONTEXT = "test".getBytes(StandardCharsets.US_ASCII);
    private static final List<IndexRequest> VALUES = List.of(new IndexRequest("holder-index", new byte[32]));

    @TempDir
    Path directory;

    private KeyringFixture fixture;

    @BeforeEach
    void open() {
        fixture = KeyringFixture.create(directory);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "null",
                "{}",
                "{\"values\":[]}",
                "{\"values\":\"AAAA\"}",
                "{\"values\":[null]}",
                "{\"values\":[\"AAAA\"]}",
                "{\"values\":[\"*\"]}",
                "{\"key\":7}",
                "{\"key\":\"\"}",
                "{\"key\":\"AAAA\"}",
                "{\"key\":\"*\"}",
                "{\"wrapped\":\"x\"}",
                "{\"values\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]}"
            })
    void whatIsNoAnswerToWhatWasAskedIsNotTakenForOne(String body) throws Exception {
        try (SSLServerSocket server =
                        FakeEndpoint.answering(fixture.custodian().authority(), FakeEndpoint.answer("200 OK", body));
                HttpsCustodian client = fixture.custodian().client("registry", List.of(FakeEndpoint.uri(server)));
                SecretBytes key = SecretBytes.random(32)) {
            WrappedKey wrapped = fixture.custodian().client("registry").wrap(key, CONTEXT);
            assertThatThrownBy(() -> client.index(VALUES)).isInstanceOf(KeysUnavailableException.class);
            assertThatThrownBy(() -> client.unwrap(wrapped, CONTEXT)).isInstanceOf(KeysUnavailableException.class);
            assertThatThrownBy(() -> client.wrap(key, CONTEXT)).isInstanceOf(KeysUnavailableException.class);
        }
    }

    @Test
    void aKeyThatWouldNotUnwrapAgainIsNotUsed() throws Exception {
        String other = Base64.getEncoder().encodeToString(new byte[32]);
        try (SSLServerSocket server = FakeEndpoint.answering(
                        fixture.custodian().authority(),
                        FakeEndpoint.answer("200 OK", "{\"wrapped\":{\"custodian\":\"test\"}}"),
                        FakeEndpoint.answer("200 OK", "{\"key\":\"" + other + "\"}"));
                HttpsCustodian client = fixture.custodian().client("registry", List.of(FakeEndpoint.uri(server)));
                SecretBytes key = SecretBytes.random(32)) {
            assertThatThrownBy(() -> client.wrap(key, CONTEXT))
                    .isInstanceOf(KeysUnavailableException.class)
                    .hasMessageContaining("another key");
        }
    }

    /** Another KEK than was asked for: what is sealed under it would be lost with the next right answer. */
    @Nested
    class AnotherKek {
        private final UUID id = UUID.randomUUID();

        @ParameterizedTest
        @ValueSource(ints = {16, 32, 48, 64})
        void isNotTakenAndNothingIsSealedUnderIt(int size) {
            fixture.keyring("registry").create(List.of(NewKey.first(id, KeyRegime.STATUTORY)));
            Lying custodian = new Lying(fixture.custodian().client("registry"), right -> SecretBytes.random(size));
            try (KekLease lease = KekLease.start(fixture.dataSource("registry"), custodian, Duration.ofMinutes(15))) {
                Keyring keyring = new Keyring(fixture.dataSource("registry"), lease);
                assertThat(lease.isValid()).isFalse();
                assertThatThrownBy(lease::renew)
                        .isInstanceOf(KeysUnavailableException.class)
                        .isNotInstanceOf(KeyRefusedException.class);
                assertThatThrownBy(() -> keyring.create(List.of(NewKey.first(UUID.randomUUID(), KeyRegime.STATUTORY))))
                        .isInstanceOf(KeysUnavailableException.class);
                assertThatThrownBy(() -> keyring.open(List.of(id))).isInstanceOf(KeysUnavailableException.class);

                custodian.lie = UnaryOperator.identity();
                lease.renew();
                Map<UUID, DataKey> opened = keyring.open(List.of(id));
                assertThat(opened).containsOnlyKeys(id);
            }
        }

        @Test
        void endsNoRewriteAndTheKeysStayUnderTheOldOne() throws Exception {
            Keyring keyring = fixture.keyring("registry");
            keyring.create(List.of(NewKey.first(id, KeyRegime.STATUTORY)));
            Lying custodian = new Lying(fixture.custodian().client("registry"), UnaryOperator.identity());
            KeyringRewrite rewrite =
                    new KeyringRewrite(fixture.dataSource("rekeyer"), custodian, java.time.InstantSource.system());
            assertThatThrownBy(() -> rewrite.run(new StopAtTheCopy())).isInstanceOf(StopAtTheCopy.Stop.class);

            custodian.lie = right -> SecretBytes.random(64);
            assertThatThrownBy(() -> rewrite.run(RotationWatch.NOBODY)).isInstanceOf(KeysUnavailableException.class);
            assertThat(fixture.keyring("registry").open(List.of(id))).containsOnlyKeys(id);

            custodian.lie = UnaryOperator.identity();
            rewrite.run(RotationWatch.NOBODY);
            assertThat(fixture.keyring("registry").open(List.of(id))).containsOnlyKeys(id);
        }
    }

    private static final class StopAtTheCopy implements RotationWatch {
        static final class Stop extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }

        @Override
        public void step(String name) {
            if (name.equals("copy")) {
                throw new Stop();
            }
        }
    }

    /** Unwraps to something else. */
    private static final class Lying implements Custodian {
        private final Custodian honest;
        private volatile UnaryOperator<SecretBytes> lie;

        Lying(Custodian honest, UnaryOperator<SecretBytes> lie) {
            this.honest = honest;
            this.lie = lie;
        }

        @Override
        public WrappedKey wrap(SecretBytes key, byte[] context) {
            return honest.wrap(key, context);
        }

        @Override
        public SecretBytes unwrap(WrappedKey wrapped, byte[] context) {
            return lie.apply(honest.unwrap(wrapped, context));
        }

        @Override
        public List<byte[]> index(List<IndexRequest> requests) {
            return honest.index(requests);
        }

        @Override
        public void requireIndexKey(String label) {
            honest.requireIndexKey(label);
        }

        @Override
        public void checkReady() {
            honest.checkReady();
        }

        @Override
        public CustodianStatus status() {
            return honest.status();
        }

        @Override
        public DestructionReceipt expire(String site, ExpireRequest request) {
            return honest.expire(site, request);
        }
    }
}
