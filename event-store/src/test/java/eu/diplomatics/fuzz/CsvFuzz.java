package eu.diplomatics.fuzz;

import static eu.diplomatics.fuzz.Read.checked;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCsv;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ASVS 2.2.1: whatever stands in a row of a file, it is read or refused by a value; nothing is thrown. */
class CsvFuzz {
    /** Each line is a cell, in the order of the columns. */
    @FuzzTest
    void csv(byte[] body) {
        List<String> cells = List.of(new String(body, StandardCharsets.UTF_8).split("\n", -1));
        Map<String, String> row = new LinkedHashMap<>();
        List<String> columns = QualificationCsv.columns();
        for (int i = 0; i < Math.min(cells.size(), columns.size()); i++) {
            row.put(columns.get(i), cells.get(i));
        }
        checked(QualificationCsv.read(row, Examples.STRICT));
        checked(QualificationCsv.read(row, Examples.LEGACY));
        assertThat(QualificationCsv.checkHeader(cells, Mode.STRICT)).isNotNull();
    }
}
