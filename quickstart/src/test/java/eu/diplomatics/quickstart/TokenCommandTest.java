package eu.diplomatics.quickstart;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.caller.CallerKeys;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.StartFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be done is said, with what can; nobody is asked for it. */
class TokenCommandTest {
    @TempDir
    private Path home;

    private Addresses addresses = new Addresses(Addresses.DEFAULT_BASE);

    @BeforeEach
    void installation() throws IOException {
        addresses = new Addresses(Ports.free(), true);
        new CallerKeys(new Layout(home).callerKeys()).make();
    }

    private void run(String... words) throws IOException, InterruptedException {
        run("registry query", List.of(words));
    }

    private void run(String scope, List<String> words) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        new TokenCommand(new Layout(home), addresses, out).run(words, scope);
    }

    @Test
    void where_callers_are_taken_at_their_word_the_header_is_named() {
        addresses = addresses.withTokens(false);
        assertThatThrownBy(() -> run("agency:vdab"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X-Caller: ROLE:ID")
                .hasMessageContaining("HINT: ");
    }

    @Test
    void a_role_that_there_is_not_is_refused_with_those_that_there_are() {
        for (String caller : List.of("teacher:ann", "vdab", "agency", ":vdab", "Agency:vdab")) {
            assertThatThrownBy(() -> run(caller))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("institution-clerk");
        }
    }

    @Test
    void a_system_that_there_is_not_is_refused_with_those_that_there_are() {
        assertThatThrownBy(() -> run("agency:nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("agency:vdab");
    }

    @Test
    void a_scope_that_there_is_not_is_refused_with_those_that_there_are() {
        for (String scope : List.of("nonsense", "registry everything", "")) {
            assertThatThrownBy(() -> run(scope, List.of("agency:vdab")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("registry.read");
        }
    }

    @Test
    void method_and_address_stand_in_that_order() {
        String url = addresses.queryUrl() + "/v1/notices";
        for (List<String> wrong : List.of(List.of(url, "GET"), List.of("GET", "/v1/notices"), List.of("", url))) {
            assertThatThrownBy(() -> run("agency:vdab", wrong.getFirst(), wrong.getLast()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("METHOD and URL");
        }
        assertThatThrownBy(() -> run("agency:vdab", "GET")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_provider_that_ended_is_named_with_its_log() {
        for (String caller : List.of("agency:vdab", "controller:led")) {
            assertThatThrownBy(() -> run(caller))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining(addresses.providerUrl())
                    .hasMessageContaining("./dev logs provider");
        }
    }
}
