package eu.diplomatics.registry.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.registry.batch.RowSource.BrokenFileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** Abuse case 9, L05: any file is rows, too large ones, or broken from a row on; what is handed back calculates nothing. */
class FileFuzz {
    private static final int MAX = 1000;

    @FuzzTest
    void rows(byte[] file) throws IOException {
        try {
            CsvRows csv = new CsvRows(new ByteArrayInputStream(file), MAX, MAX);
            assertThat(csv.header().stream().mapToInt(String::length).sum()).isLessThanOrEqualTo(MAX);
            ByteArrayOutputStream back = new ByteArrayOutputStream();
            RejectedRows rejected = RejectedRows.to(back, Job.Format.CSV, csv.header());
            for (RawRow row = csv.next(); row != null; row = csv.next()) {
                if (row instanceof RawRow.Cells(List<String> cells)) {
                    assertThat(cells).hasSizeLessThanOrEqualTo(CsvRows.MAX_CELLS);
                    rejected.write(row, new RowResult(1, RowResult.Status.REJECTED, null, null, null, List.of()));
                }
            }
            CsvRows again = new CsvRows(new ByteArrayInputStream(back.toByteArray()), 4 * MAX, 4 * MAX);
            for (RawRow row = again.next(); row != null; row = again.next()) {
                if (row instanceof RawRow.Cells(List<String> cells)) {
                    assertThat(cells).noneMatch(cell -> cell.startsWith("=") || cell.startsWith("@"));
                }
            }
        } catch (BrokenFileException expected) {
            assertThat(expected.row()).isNotNegative();
        }
        try {
            LedRows questions = new LedRows(new ByteArrayInputStream(file), MAX);
            for (RawRow row = questions.next(); row != null; row = questions.next()) {
                if (row instanceof RawRow.Question(byte[] xml)) {
                    assertThat(xml.length).isBetween(1, MAX);
                }
            }
        } catch (BrokenFileException expected) {
            assertThat(expected.row()).isNotNegative();
        }
        try {
            NdjsonRows lines = new NdjsonRows(new ByteArrayInputStream(file), MAX);
            for (RawRow row = lines.next(); row != null; row = lines.next()) {
                if (row instanceof RawRow.Line(byte[] utf8)) {
                    assertThat(utf8.length).isBetween(1, MAX);
                }
            }
        } catch (BrokenFileException expected) {
            assertThat(expected.row()).isPositive();
        }
    }
}
