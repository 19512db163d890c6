package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.custodian.Refusal.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DocumentedCodesTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([A-Z_]+)` \\| (\\d{3}) \\|", Pattern.MULTILINE);

    @Test
    void theDocumentListsEveryCodeWithItsStatus() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "key-custodian.md"));
        assertThat(ROW.matcher(document).results().map(row -> row.group(1) + " " + row.group(2)))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Code.values())
                        .map(code -> code.name() + " " + code.status())
                        .toList());
    }
}
