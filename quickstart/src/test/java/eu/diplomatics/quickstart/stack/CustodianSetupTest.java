package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CustodianSetupTest {
    @TempDir
    Path home;

    private Layout layout;

    @BeforeEach
    void create() throws IOException {
        layout = new Layout(home);
        layout.create();
        // the keyring's server may be initialised before the custodian has made anything
        Files.createDirectories(layout.postgresB());
        Files.writeString(layout.postgresB().resolve("PG_VERSION"), "18");
    }

    @Test
    void bothSitesGetTheSameComponentsAndPlacesSecretsAndPortsOfTheirOwn() throws IOException {
        CustodianSites custodian = sites();
        assertThat(custodian.needKeys()).isTrue();
        List<Path> components = custodian.beginCeremony();
        Set<String> differing = new HashSet<>();
        for (CustodianSetup site : custodian.all()) {
            List<String> arguments = site.init(components).getLast().arguments();
            assertThat(arguments)
                    .containsSubsequence(
                            "init",
                            "--component",
                            components.getFirst().toString(),
                            "--component",
                            components.getLast().toString());
            JsonNode configuration = JsonMapper.shared().readTree(site.site().configuration(layout));
            differing.add(configuration.at("/id").asString());
            differing.add(configuration.at("/port").asString());
            differing.add(configuration.at("/tls/keyStore").asString());
            differing.add(configuration.at("/auditDirectory").asString());
            differing.add(Files.readString(site.site().directory(layout).resolve("token-pin")));
        }
        assertThat(differing).hasSize(2 * 5);
    }

    @Test
    void operatorsAndControllerCanAskEitherSiteOnItsCommandLine() throws IOException {
        Set<String> urls = new HashSet<>();
        for (CustodianSetup site : sites().all()) {
            site.serve();
            for (String person : List.of("operator", "operator-2", "controller")) {
                JsonNode file = JsonMapper.shared().readTree(site.site().person(layout, person));
                urls.add(file.get("url").asString());
                assertThat(Path.of(file.get("keyStore").asString())).exists();
                assertThat(Path.of(file.get("passwordFile").asString())).exists();
            }
        }
        assertThat(urls).hasSize(2).allMatch(url -> url.startsWith("https://127.0.0.1:"));
    }

    @Test
    void eitherSiteBelievesControllerAndBackupsAndTheRegistryOnceItsKeyIsKnown() throws IOException {
        DestructionAuthorities authorities = new DestructionAuthorities(layout);
        authorities.make();
        JsonNode first = authorities.configuration();
        authorities.make();
        assertThat(authorities.configuration()).as("made once").isEqualTo(first);
        for (CustodianSetup site : sites().all()) {
            site.serve();
            JsonNode configuration = JsonMapper.shared().readTree(site.site().configuration(layout));
            assertThat(configuration.at("/authorities")).isEqualTo(first);
            assertThat(configuration.at("/authorities/controller").size()).isEqualTo(1);
            assertThat(configuration.at("/authorities/manifest").size()).isEqualTo(1);
        }
        assertThat(authorities.learn("a2V5")).isTrue();
        assertThat(authorities.learn("a2V5")).as("nothing new").isFalse();
        assertThat(inventoryKeys()).containsExactly("a2V5", "a2V5");
    }

    @Test
    void theRegistrysKeyBeforeTheLastRotationIsBelievedBesideTheNewOne() throws IOException {
        DestructionAuthorities authorities = new DestructionAuthorities(layout);
        authorities.make();
        assertThat(List.of(authorities.learn("b25l"), authorities.learn("dHdv"), authorities.learn("dHdv")))
                .containsExactly(true, true, false);
        assertThat(inventoryKeys()).containsExactly("b25l", "dHdv", "b25l", "dHdv");
        assertThat(authorities.learn("dGhyZWU=")).isTrue();
        assertThat(inventoryKeys()).containsExactly("dHdv", "dGhyZWU=", "dHdv", "dGhyZWU=");
    }

    private List<String> inventoryKeys() throws IOException {
        List<String> keys = new ArrayList<>();
        for (CustodianSetup site : sites().all()) {
            site.serve();
            JsonMapper.shared()
                    .readTree(site.site().configuration(layout))
                    .at("/authorities/inventory")
                    .forEach(key -> keys.add(key.asString()));
        }
        return keys;
    }

    @Test
    void aSiteThatServesAndCannotUseItsKeysIsNamedWithItsLog() throws IOException {
        Files.writeString(layout.logs().resolve("custodian.log"), "the token is closed\n");
        CustodianSetup site = new CustodianSites(
                        layout,
                        new Addresses(Ports.free()),
                        LocalAuthority.in(layout.certificates()),
                        new Credentials(layout.credentialsFile()))
                .all()
                .getFirst();
        assertThatThrownBy(site::receiptKey)
                .isInstanceOf(StartFailedException.class)
                .hasMessageContainingAll("custodian serves", "the token is closed", "HINT:");
    }

    @Nested
    class AFirstStartThatWasCutShort {
        @Test
        void beforeTheKeysIsDoneAgain() throws IOException {
            assertThat(sites().needKeys()).isTrue();
            assertThat(sites().needKeys()).as("nothing was run").isTrue();
        }

        @Test
        void betweenTheSitesIsDoneAgainAtBoth() throws IOException {
            sites().beginCeremony();
            Path keys = made(CustodianSite.FIRST);
            CustodianSites again = sites();
            assertThat(again.needKeys()).isTrue();
            List<Path> components = again.beginCeremony();
            for (CustodianSetup site : again.all()) {
                site.init(components);
            }
            assertThat(keys).as("keys that the other site has not").doesNotExist();
        }

        @Test
        void whileItsEndWasWrittenDownIsOfBothSites() throws IOException {
            made(CustodianSite.FIRST);
            made(CustodianSite.SECOND);
            Files.createFile(layout.custodianKeysMade());
            assertThat(sites().needKeys()).isFalse();
            assertThat(sites().all()).hasSize(2);
        }

        @Test
        void afterTheKeysKeepsThem() throws IOException {
            CustodianSites custodian = sites();
            custodian.beginCeremony();
            made(CustodianSite.FIRST);
            made(CustodianSite.SECOND);
            custodian.endCeremony();
            assertThat(layout.custodianCeremony()).doesNotExist();
            assertThat(sites().needKeys()).isFalse();
            assertThat(sites().all()).hasSize(2);
        }
    }

    @Nested
    class KeysThatWereInUse {
        @Test
        void areNotReplacedWhenTheyAreGoneAtEitherSite() throws IOException {
            for (CustodianSite site : CustodianSite.values()) {
                made(CustodianSite.FIRST);
                made(CustodianSite.SECOND);
                assertThat(sites().needKeys()).isFalse();
                Files.delete(site.keyFile(layout));
                assertThatThrownBy(CustodianSetupTest.this::sites).isInstanceOf(StartFailedException.class);
            }
        }

        @Test
        void ofOneSiteStayThoseOfOneSite() throws IOException {
            made(CustodianSite.FIRST);
            for (int start = 0; start < 2; start++) {
                CustodianSites custodian = sites();
                assertThat(custodian.needKeys()).isFalse();
                assertThat(custodian.all()).hasSize(1);
            }
        }

        @Test
        void inATokenAreKeptAndATokenThatNobodyUsedYetIsMadeAnew() throws IOException {
            Path first = token(CustodianSite.FIRST);
            token(CustodianSite.SECOND);
            assertThat(CustodianToken.of(layout)).isEqualTo(CustodianToken.SOFTHSM);
            CustodianSites custodian = sites();
            assertThat(custodian.needKeys()).isTrue();
            custodian.endCeremony();
            assertThat(sites().needKeys()).isFalse();
            Files.delete(first);
            assertThatThrownBy(CustodianSetupTest.this::sites).isInstanceOf(StartFailedException.class);
        }

        @Test
        void inAFileStayThereWhateverElseThereIs() throws IOException {
            made(CustodianSite.FIRST);
            token(CustodianSite.FIRST);
            assertThat(CustodianToken.of(layout)).isEqualTo(CustodianToken.FILE);
            CustodianSetup site = sites().all().getFirst();
            site.serve();
            assertThat(JsonMapper.shared()
                            .readTree(CustodianSite.FIRST.configuration(layout))
                            .at("/token/keyFile")
                            .asString())
                    .isEqualTo(CustodianSite.FIRST.keyFile(layout).toString());
        }
    }

    private CustodianSites sites() throws IOException {
        return new CustodianSites(
                layout,
                new Addresses(Addresses.DEFAULT_BASE),
                LocalAuthority.in(layout.certificates()),
                new Credentials(layout.credentialsFile()));
    }

    private Path made(CustodianSite site) throws IOException {
        Files.createDirectories(site.directory(layout));
        return Files.writeString(site.keyFile(layout), "keys");
    }

    private Path token(CustodianSite site) throws IOException {
        return Files.createDirectories(site.softHsm(layout).resolve("tokens/one"));
    }
}
