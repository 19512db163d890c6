package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSoftHsmTest {
    @TempDir
    Path directory;

    @Test
    void isFoundWhereTheEnvironmentSaysAndNowhereElseThen() throws IOException {
        Path library = Files.createFile(directory.resolve("lib.so"));
        assertThat(LocalSoftHsm.in(directory, Map.of(LocalSoftHsm.LIBRARY_VARIABLE, library.toString())))
                .hasValueSatisfying(hsm -> assertThat(hsm.library()).isEqualTo(library));
        Files.delete(library);
        assertThat(LocalSoftHsm.in(directory, Map.of(LocalSoftHsm.LIBRARY_VARIABLE, library.toString())))
                .isEmpty();
    }

    @Test
    void tokensThatWereTakenAwayComeBackAsTheyWere() throws IOException {
        Path library = Files.createFile(directory.resolve("lib.so"));
        LocalSoftHsm hsm = LocalSoftHsm.in(directory, Map.of(LocalSoftHsm.LIBRARY_VARIABLE, library.toString()))
                .orElseThrow();
        assertThat(hsm.hasTokens()).isFalse();
        Files.createDirectory(hsm.tokens().resolve("first"));
        hsm.takeAway();
        assertThat(hsm.hasTokens()).isFalse();
        Files.createDirectory(hsm.tokens().resolve("second"));
        hsm.putBack();
        assertThat(hsm.tokens().resolve("first")).exists();
        assertThat(hsm.tokens().resolve("second")).doesNotExist();
        assertThat(Path.of(hsm.environment().get("SOFTHSM2_CONF")))
                .content()
                .contains(hsm.tokens().toString());
    }
}
