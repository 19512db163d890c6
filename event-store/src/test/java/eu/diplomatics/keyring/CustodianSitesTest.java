package eu.diplomatics.keyring;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.Ceremony;
import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.IndexRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites of the custodian, each with a token of its own. */
class CustodianSitesTest {
    private static final byte[] CONTEXT = "test".getBytes(StandardCharsets.US_ASCII);

    private static final List<IndexRequest> VALUES = List.of(new IndexRequest("holder-index", new byte[32]));

    @TempDir
    Path directory;

    private TestCustodian first;
    private CustodianServer second;
    private CustodianConfiguration configuration;

    @BeforeEach
    void start() {
        first = TestCustodian.start(directory.resolve("first"));
        CustodianConfiguration usual = first.configuration();
        configuration = new CustodianConfiguration(
                "other",
                usual.host(),
                0,
                new CustodianConfiguration.Token.File(
                        directory.resolve("other.p12"), usual.token().passwordFile()),
                usual.tls(),
                directory.resolve("other-audit"),
                usual.clients());
        CustodianServer.initialise(configuration);
        second = CustodianServer.start(configuration);
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Test
    void aKeyIsWrappedOnceAtEachSiteAndEitherUnwrapsIt() {
        try (HttpsCustodian both = client(2, first.uri(), second.uri());
                SecretBytes key = SecretBytes.random(32)) {
            WrappedKey wrapped = both.wrap(key, CONTEXT);
            assertThat(wrapped.json()).startsWith("[").contains("\"custodian\":\"test\"", "\"custodian\":\"other\"");
            for (URI site : List.of(first.uri(), second.uri())) {
                try (HttpsCustodian one = client(1, site);
                        SecretBytes again = one.unwrap(wrapped, CONTEXT)) {
                    assertThat(again.reveal()).isEqualTo(key.reveal());
                }
            }
            first.stop();
            try (SecretBytes again = both.unwrap(wrapped, CONTEXT)) {
                assertThat(again.reveal()).isEqualTo(key.reveal());
            }
        }
    }

    @Test
    void noKeyIsUsedThatOneSiteOnlyWrapped() {
        try (HttpsCustodian both = client(2, first.uri(), second.uri());
                SecretBytes key = SecretBytes.random(32)) {
            second.close();
            assertThatThrownBy(() -> both.wrap(key, CONTEXT)).isInstanceOf(KeysUnavailableException.class);
        }
        try (HttpsCustodian twice = client(2, first.uri(), first.uri());
                SecretBytes key = SecretBytes.random(32)) {
            assertThatThrownBy(() -> twice.wrap(key, CONTEXT))
                    .as("two addresses of one site are one site")
                    .isInstanceOf(KeysUnavailableException.class);
        }
    }

    @Test
    void aKeyThatASiteWrappedBeforeThereWasAnotherStillUnwraps() {
        try (HttpsCustodian alone = client(1, first.uri());
                HttpsCustodian both = client(2, second.uri(), first.uri());
                SecretBytes key = SecretBytes.random(32);
                SecretBytes again = both.unwrap(alone.wrap(key, CONTEXT), CONTEXT)) {
            assertThat(again.reveal()).isEqualTo(key.reveal());
        }
    }

    @Test
    void aSiteThatIsAwayIsNotTakenForARefusal() {
        WrappedKey wrapped;
        try (HttpsCustodian other = client(1, second.uri());
                SecretBytes key = SecretBytes.random(32)) {
            wrapped = other.wrap(key, CONTEXT);
        }
        URI away = second.uri();
        second.close();
        try (HttpsCustodian both = client(2, first.uri(), away)) {
            assertThatThrownBy(() -> both.unwrap(wrapped, CONTEXT))
                    .isInstanceOf(KeysUnavailableException.class)
                    .isNotInstanceOf(KeyRefusedException.class);
        }
    }

    @Test
    void sitesWithDifferentIndexKeysAreNeitherUsed() {
        // each has made its keys for itself, without components
        try (HttpsCustodian both = client(2, first.uri(), second.uri())) {
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(() -> both.index(VALUES)).isInstanceOf(IndexKeysDifferException.class);
            }
        }
    }

    @Test
    void aSiteWithOtherIndexKeysIsNotUsedInThePlaceOfOneThatIsAway() {
        URI other = second.uri();
        second.close();
        try (HttpsCustodian both = client(2, first.uri(), other)) {
            assertThat(both.index(VALUES)).hasSize(1);
            second = CustodianServer.start(at(other));
            first.stop();
            assertThatThrownBy(() -> both.index(VALUES)).isInstanceOf(KeysUnavailableException.class);
            first.resume();
            assertThat(both.index(VALUES)).hasSize(1);
        }
    }

    @Test
    void keysThatWereUsedBeforeAreTheRightOnesWhoeverIsAskedFirstLater() {
        IndexProbes kept = IndexProbes.inMemory();
        byte[] value;
        try (HttpsCustodian both = client(2, kept, first.uri(), second.uri())) {
            URI other = second.uri();
            second.close();
            value = both.index(VALUES).getFirst();
            second = CustodianServer.start(at(other));
        }
        URI away = first.uri();
        first.stop();
        try (HttpsCustodian both = client(2, kept, second.uri(), away);
                HttpsCustodian alone = client(1, kept, second.uri())) {
            assertThatThrownBy(() -> both.index(VALUES)).isInstanceOf(KeysUnavailableException.class);
            assertThatThrownBy(() -> alone.index(VALUES)).isInstanceOf(KeysUnavailableException.class);
            first.resume();
            assertThat(both.index(VALUES).getFirst()).isEqualTo(value);
        }
    }

    @Test
    void sitesWithTheSameIndexKeysStandInForEachOther() throws IOException {
        second.close();
        Files.copy(directory.resolve("first/keys.p12"), directory.resolve("other.p12"), REPLACE_EXISTING);
        second = CustodianServer.start(at(second.uri()));
        try (HttpsCustodian both = client(2, first.uri(), second.uri())) {
            byte[] value = both.index(VALUES).getFirst();
            first.stop();
            assertThat(both.index(VALUES).getFirst()).isEqualTo(value);
            first.resume();
            second.close();
            assertThat(both.index(VALUES).getFirst()).isEqualTo(value);
        }
    }

    @Test
    void aNewIndexKeyIsOnlyUsedWhenEverySiteHasItAndTheSame() throws IOException {
        String next = "holder-index-2";
        Path mine = directory.resolve("first/keys.p12");
        Path others = directory.resolve("other.p12");
        second.close();
        Files.copy(mine, others, REPLACE_EXISTING);
        second = CustodianServer.start(at(second.uri()));
        try (HttpsCustodian both = client(2, first.uri(), second.uri())) {
            both.requireIndexKey("holder-index");
            first.stop();
            Ceremony.newHolderIndex(first.configuration());
            first.resume();
            assertThatThrownBy(() -> both.requireIndexKey(next))
                    .as("one site has it")
                    .isInstanceOf(KeyRefusedException.class);

            second.close();
            assertThatThrownBy(() -> both.requireIndexKey(next))
                    .as("a site does not answer")
                    .isInstanceOf(KeysUnavailableException.class)
                    .isNotInstanceOfAny(KeyRefusedException.class, IndexKeysDifferException.class);
            Ceremony.newHolderIndex(configuration);
            second = CustodianServer.start(at(second.uri()));
            assertThatThrownBy(() -> both.requireIndexKey(next))
                    .as("each has made one for itself")
                    .isInstanceOf(IndexKeysDifferException.class);

            second.close();
            Files.copy(mine, others, REPLACE_EXISTING);
            second = CustodianServer.start(at(second.uri()));
            both.requireIndexKey(next);
            assertThat(both.index(List.of(new IndexRequest(next, new byte[32]))))
                    .hasSize(1);
        }
    }

    @Test
    void aSiteThatWasAwayIsComparedAnewWhenItIsBackHoweverLatelyItAgreed() throws IOException {
        second.close();
        Path own = Files.copy(directory.resolve("other.p12"), directory.resolve("own.p12"));
        Files.copy(directory.resolve("first/keys.p12"), directory.resolve("other.p12"), REPLACE_EXISTING);
        second = CustodianServer.start(at(second.uri()));
        try (HttpsCustodian both = client(2, first.uri(), second.uri())) {
            assertThat(both.index(VALUES)).hasSize(1);
            first.stop();
            assertThat(both.index(VALUES)).hasSize(1);
            second.close();
            assertThatThrownBy(() -> both.index(VALUES)).isInstanceOf(KeysUnavailableException.class);
            Files.copy(own, directory.resolve("other.p12"), REPLACE_EXISTING);
            second = CustodianServer.start(elsewhere(second.uri()));
            assertThatThrownBy(() -> both.index(VALUES)).isInstanceOf(KeysUnavailableException.class);
        }
    }

    /** The audit log is signed by the token that was there. */
    private CustodianConfiguration elsewhere(URI uri) {
        CustodianConfiguration there = at(uri);
        return new CustodianConfiguration(
                there.id(),
                there.host(),
                uri.getPort(),
                there.token(),
                there.tls(),
                directory.resolve("own-audit"),
                there.clients());
    }

    private CustodianConfiguration at(URI uri) {
        return new CustodianConfiguration(
                configuration.id(),
                configuration.host(),
                uri.getPort(),
                configuration.token(),
                configuration.tls(),
                configuration.auditDirectory(),
                configuration.clients());
    }

    private HttpsCustodian client(int sites, URI... endpoints) {
        return client(sites, IndexProbes.inMemory(), endpoints);
    }

    private HttpsCustodian client(int sites, IndexProbes kept, URI... endpoints) {
        return new HttpsCustodian(
                List.of(endpoints),
                sites,
                kept,
                first.authority().keyStore("registry"),
                first.authority().trustStore(),
                first.authority().password());
    }
}
