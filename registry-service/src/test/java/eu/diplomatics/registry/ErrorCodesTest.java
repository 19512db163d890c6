package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every code this service can answer with stands in the document. */
class ErrorCodesTest {
    @ParameterizedTest
    @EnumSource
    void every_code_is_documented_with_its_status(ProblemCode code) throws IOException {
        if (code != ProblemCode.INTERNAL) {
            assertThat(Files.readString(Path.of("..", "docs", "error-codes.md")))
                    .contains("| `" + code + "` | " + code.status() + " |");
        }
    }
}
