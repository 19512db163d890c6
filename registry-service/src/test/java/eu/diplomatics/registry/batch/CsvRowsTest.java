package eu.diplomatics.registry.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.registry.batch.RowSource.BrokenFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvRowsTest {
    private static CsvRows rows(String csv) throws IOException {
        return new CsvRows(new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)), 4000, 2000);
    }

    @Test
    void a_row_of_too_many_cells_or_too_many_characters_is_not_kept_and_its_neighbours_are() throws IOException {
        CsvRows rows = rows("a,b\r\n1,2\r\n" + "x,".repeat(100_000) + "\r\n" + ("y".repeat(900) + ",").repeat(3)
                + "\r\n" + "x,".repeat(63) + "x\r\n3,4\r\n");
        assertThat(rows.header()).containsExactly("a", "b");
        List<RawRow> read = new ArrayList<>();
        for (RawRow row = rows.next(); row != null; row = rows.next()) {
            read.add(row);
        }
        assertThat(read.get(0)).isEqualTo(new RawRow.Cells(List.of("1", "2")));
        assertThat(read.get(1)).isInstanceOf(RawRow.TooLarge.class);
        assertThat(read.get(2)).isInstanceOf(RawRow.TooLarge.class);
        assertThat(read.get(3)).isInstanceOf(RawRow.Cells.class);
        assertThat(read.get(4)).isEqualTo(new RawRow.Cells(List.of("3", "4")));
        assertThat(read).hasSize(5);
    }

    @Test
    void a_header_of_more_columns_than_there_are_is_refused() {
        assertThatThrownBy(() -> rows("x,".repeat(64) + "x\r\n1\r\n"))
                .isInstanceOfSatisfying(
                        BrokenFileException.class,
                        broken -> assertThat(broken.reason()).isEqualTo(BrokenFileException.Reason.HEADER_TOO_LONG));
    }
}
