package eu.diplomatics.registry.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.registry.batch.RowSource.BrokenFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A file of NDJSON")
class NdjsonRowsTest {
    @Test
    void has_a_row_for_each_line_that_is_not_blank() throws IOException {
        assertThat(rows("{\"a\":\"é\"}\n\n \t\r\n{}".getBytes(StandardCharsets.UTF_8)))
                .containsExactly("{\"a\":\"é\"}", "{}");
    }

    @Test
    void is_broken_from_the_row_on_that_is_not_UTF_8() {
        byte[] latin = "{}\n{\"a\":\"é\"}\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> rows(latin)).isInstanceOfSatisfying(BrokenFileException.class, e -> {
            assertThat(e.reason()).isEqualTo(BrokenFileException.Reason.NOT_UTF_8);
            assertThat(e.row()).isEqualTo(2);
        });
        assertThatThrownBy(() -> rows(new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}))
                .isInstanceOf(BrokenFileException.class);
    }

    @Test
    void is_not_broken_by_a_replacement_character_that_somebody_wrote() throws IOException {
        assertThat(rows("\"\ufffd\"".getBytes(StandardCharsets.UTF_8))).containsExactly("\"\ufffd\"");
    }

    private static List<String> rows(byte[] body) throws IOException {
        NdjsonRows rows = new NdjsonRows(new ByteArrayInputStream(body), 1000);
        List<String> lines = new ArrayList<>();
        for (RawRow row = rows.next(); row != null; row = rows.next()) {
            lines.add(new String(((RawRow.Line) row).utf8(), StandardCharsets.UTF_8));
        }
        return lines;
    }
}
