package eu.diplomatics.query.disclosure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.query.disclosure.Accesses.Statistics;
import eu.diplomatics.sensitivity.FieldSensitivity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R30: counts have a class, and refuse each column above it. */
class CountColumnsTest {
    private record Line(String degree, String birthDate) {}

    private record Telling(List<Line> basis, Line holder, long version) {}

    private record Unclassified(long version, long shoeSize) {}

    @Test
    void everyColumnOfTheCountsHasAClassThatTheyMayTellAndNothingElseHasOne() {
        List<String> columns = CountColumns.of(Statistics.class, "/statistics");
        assertThat(columns).contains("/statistics/cells/agency", "/statistics/cells/questions");
        assertThatCode(() -> CountColumns.requireWithin(Statistics.class, "/statistics"))
                .doesNotThrowAnyException();
        assertThat(FieldSensitivity.table().classes().keySet().stream().filter(row -> row.startsWith("/statistics/")))
                .containsExactlyInAnyOrderElementsOf(columns);
    }

    @Test
    void aColumnAboveTheirClassIsRefusedWhereverItStands() {
        assertThat(CountColumns.of(Telling.class, ""))
                .containsExactly(
                        "/basis/degree", "/basis/birthDate", "/holder/degree", "/holder/birthDate", "/version");
        assertThatThrownBy(() -> CountColumns.requireWithin(Telling.class, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/holder/birthDate")
                .hasMessageNotContaining("/basis/degree");
    }

    @Test
    void aColumnThatNobodyClassifiedIsRefused() {
        assertThatThrownBy(() -> CountColumns.requireWithin(Unclassified.class, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/shoeSize");
    }
}
