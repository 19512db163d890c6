package eu.diplomatics.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.HolderRequestJson;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.PartialDate;
import eu.diplomatics.qualification.QualificationCsv;
import eu.diplomatics.qualification.QualificationJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ASVS 2.2.1: whatever comes as a request, it is read or refused by a value; nothing is thrown. */
class RequestFuzz {
    @FuzzTest
    void json(byte[] body) {
        checked(QualificationJson.readRegistration(body, Examples.STRICT));
        checked(QualificationJson.readRow(body, Examples.LEGACY));
        checked(QualificationJson.readCorrection(body, Examples.STRICT));
        checked(QualificationJson.readState(body, Examples.STRICT));
        checked(HolderRequestJson.readLink(body, Examples.STRICT));
        checked(HolderRequestJson.readReplacement(body, Examples.STRICT));
        checked(HolderRequestJson.readMove(body, Examples.STRICT));
        checked(HolderRequestJson.readSearch(body, Examples.STRICT));
        assertThat(QualificationJson.supplierReference(body)).isNotNull();
    }

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

    @FuzzTest
    void insz(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (checked(Insz.parse(text, true)) instanceof Checked.Valid<Insz>(Insz insz)) {
            assertThat(insz.digits()).isEqualTo(text).matches("[0-9]{11}");
            long nine = Long.parseLong(text.substring(0, 9));
            assertThat(Integer.parseInt(text.substring(9)))
                    .isIn((int) (97 - nine % 97), (int) (97 - (2_000_000_000L + nine) % 97));
        }
        PartialDate.parse(text).ifPresent(date -> assertThat(date).hasToString(text));
    }

    private static <T> Checked<T> checked(Checked<T> result) {
        if (result instanceof Checked.Invalid<T> invalid) {
            assertThat(invalid.rejections()).isNotEmpty();
        }
        return result;
    }
}
