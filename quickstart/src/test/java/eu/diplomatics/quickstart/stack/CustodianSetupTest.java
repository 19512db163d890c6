package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CustodianSetupTest {
    @TempDir
    Path home;

    private Layout layout;
    private CustodianSetup custodian;
    private Path keyFile;

    @BeforeEach
    void create() throws IOException {
        layout = new Layout(home);
        layout.create();
        keyFile = layout.data().resolve("custodian/keys.p12");
        Files.createDirectories(keyFile.getParent());
        custodian = new CustodianSetup(
                layout,
                new Addresses(Addresses.DEFAULT_BASE),
                LocalAuthority.in(layout.certificates()),
                new Credentials(layout.credentialsFile()));
        // the keyring's server may be initialised before the custodian has made anything
        Files.createDirectories(layout.postgresB());
        Files.writeString(layout.postgresB().resolve("PG_VERSION"), "18");
    }

    @Test
    void aFirstStartThatWasCutShortBeforeTheKeysIsDoneAgain() throws IOException {
        assertThat(custodian.needsKeys()).isTrue();
        assertThat(custodian.init())
                .last()
                .satisfies(spec -> assertThat(spec.arguments()).startsWith("init"));
        assertThat(custodian.needsKeys()).as("init had no time to run").isTrue();
    }

    @Test
    void operatorsAndControllerCanAskItOnItsCommandLine() throws IOException {
        Files.createFile(keyFile);
        custodian.serve();
        for (String person : List.of("operator", "operator-2", "controller")) {
            JsonNode file = JsonMapper.shared().readTree(layout.run().resolve(person + ".json"));
            assertThat(file.get("url").asString()).startsWith("https://127.0.0.1:");
            assertThat(Path.of(file.get("keyStore").asString())).exists();
            assertThat(Path.of(file.get("passwordFile").asString())).exists();
        }
    }

    @Test
    void aKeyFileThatWentAfterTheCustodianServedIsNotReplaced() throws IOException {
        Files.createFile(keyFile);
        custodian.serve();
        Files.delete(keyFile);
        assertThatThrownBy(custodian::needsKeys).isInstanceOf(StartFailedException.class);
    }

    @Test
    void aKeyFileThatWasThereAtTheStartIsNotReplacedLater() throws IOException {
        Files.createFile(keyFile);
        assertThat(custodian.needsKeys()).isFalse();
        Files.delete(keyFile);
        assertThatThrownBy(custodian::needsKeys).isInstanceOf(StartFailedException.class);
    }

    @Test
    void aTokenThatNobodyUsedYetIsMadeAnewAndOneInUseIsKept() throws IOException {
        Path token = Files.createDirectories(layout.custodian().resolve("softhsm/tokens/one"));
        assertThat(CustodianToken.of(layout)).isEqualTo(CustodianToken.SOFTHSM);
        assertThat(custodian.needsKeys()).isTrue();
        Files.createFile(layout.data().resolve("custodian-keys-made"));
        assertThat(custodian.needsKeys()).isFalse();
        Files.delete(token);
        assertThatThrownBy(custodian::needsKeys).isInstanceOf(StartFailedException.class);
    }

    @Test
    void aKeyFileThatIsThereIsKeptToWhateverElseThereIs() throws IOException {
        Files.createFile(keyFile);
        Files.createDirectories(layout.custodian().resolve("softhsm/tokens/one"));
        assertThat(CustodianToken.of(layout)).isEqualTo(CustodianToken.FILE);
        assertThat(custodian.serve().environment()).containsKey("DIPLOMATICS_CUSTODIAN_TOKEN_PASSWORD");
    }
}
