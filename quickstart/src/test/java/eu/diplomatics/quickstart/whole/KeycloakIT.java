package eu.diplomatics.quickstart.whole;

import eu.diplomatics.quickstart.caller.CallerKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** R07: with a provider that is not ours, configured beside it, and nothing changed in the registry. */
class KeycloakIT extends CallersSuite {
    private static final List<String> PEOPLE = List.of(
            "citizen:85610100147",
            "citizen:85610100246",
            "delegate:85610100246:85610100147",
            "delegate:85610100147:85610100246",
            "case-worker:vdab",
            "auditor:rekenhof",
            "controller:led");

    @TempDir
    private static Path home;

    private static Keycloak keycloak;
    private static WholeRegistry registry;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        CallerKeys keys = new CallerKeys(home.resolve("callers"));
        keys.make();
        keycloak = Keycloak.start(home, keys, PEOPLE);
        registry = new WholeRegistry(home.resolve("home"), keycloak.settings());
        registry.start();
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            if (registry != null) {
                registry.close();
            }
        } finally {
            if (keycloak != null) {
                keycloak.close();
            }
        }
    }

    @Override
    WholeRegistry registry() {
        return registry;
    }

    @Override
    String issuer() {
        return keycloak.issuer();
    }

    @Override
    Path callerKeys() {
        return home.resolve("callers");
    }
}
