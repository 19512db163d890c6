package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.quickstart.caller.ProviderCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R07: with the quickstart's own provider. */
class CallersWithTokensIT extends CallersSuite {
    @TempDir
    private static Path home;

    private static WholeRegistry registry;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        registry = new WholeRegistry(home.resolve("home"));
        registry.start();
    }

    @AfterAll
    static void stop() throws IOException {
        registry.close();
    }

    @Override
    WholeRegistry registry() {
        return registry;
    }

    @Override
    String issuer() {
        return registry.addresses().providerUrl();
    }

    @Test
    void its_refusals_say_which_rule_it_was() throws Exception {
        ProviderCalls provider = provider();
        Map<String, String> asking = Map.of("grant_type", "client_credentials");
        assertThat(error(provider.token("agency-vdab", provider.assertion("agency-vdab"), false, asking)))
                .isEqualTo("invalid_dpop_proof");
        assertThat(error(provider.token("supplier-kuleuven", provider.assertion("agency-vdab"), true, asking)))
                .isEqualTo("invalid_client");
        assertThat(error(provider.token(
                        "portal",
                        provider.assertion("portal"),
                        true,
                        Map.of("grant_type", "password", "username", "citizen:85610100147", "password", "x"))))
                .isEqualTo("unsupported_grant_type");
    }
}
