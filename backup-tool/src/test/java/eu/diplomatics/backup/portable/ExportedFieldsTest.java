package eu.diplomatics.backup.portable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.sensitivity.FieldSensitivity;
import eu.diplomatics.sensitivity.Sensitivity;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R30: an export has a class, and holds no field above it, nor one without. */
class ExportedFieldsTest {
    private final FieldSensitivity table = FieldSensitivity.table();

    @Test
    void everyFieldOfEveryTypeOfEventHasAClass() {
        Set<String> fields = ExportedFields.all();
        assertThat(fields)
                .contains("/basis/degree", "/holder/insz", "/event/metadata/reason", "/event/QualificationMoved/from")
                .hasSizeGreaterThan(90)
                .allSatisfy(
                        field -> assertThatCode(() -> table.of(field)).as(field).doesNotThrowAnyException());
    }

    @Test
    void eachFieldOfAnEventHasARowOfItsOwnSoThatANewOneBesideItHasNone() {
        Set<String> rows = new TreeSet<>(table.classes().keySet());
        rows.removeIf(row -> !row.startsWith("/event/"));
        assertThat(ExportedFields.all().stream().filter(field -> field.startsWith("/event/")))
                .containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void aSpecialExportHoldsThemAll() {
        assertThatCode(() -> ExportedFields.requireWithin(Sensitivity.SPECIAL)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(names = "SPECIAL", mode = EnumSource.Mode.EXCLUDE)
    void anyOtherIsRefusedByTheNamesOfWhatIsAboveIt(Sensitivity highest) {
        assertThatThrownBy(() -> ExportedFields.requireWithin(highest))
                .asInstanceOf(InstanceOfAssertFactories.type(PortableException.class))
                .satisfies(refused -> {
                    assertThat(refused.code()).isEqualTo(Code.FIELD_ABOVE_CLASS);
                    assertThat(refused).hasMessageContaining("/event/metadata/reason");
                    assertThat(refused).hasMessageContaining("/holder/insz");
                    assertThat(refused).hasMessageNotContaining("unlisted");
                });
    }

    @Test
    void aFieldThatNobodyClassifiedIsInNoExport() {
        for (String unknown :
                List.of("/event/QualificationMoved/shoeSize", "/basis/shoeSize", "/event/Weighed/weight")) {
            Set<String> fields = new TreeSet<>(ExportedFields.all());
            fields.add(unknown);
            assertThatThrownBy(() -> ExportedFields.requireWithin(Sensitivity.SPECIAL, fields))
                    .asInstanceOf(InstanceOfAssertFactories.type(PortableException.class))
                    .satisfies(refused -> {
                        assertThat(refused.code()).isEqualTo(Code.FIELD_ABOVE_CLASS);
                        assertThat(refused).hasMessageEndingWith("without one: " + unknown);
                    });
        }
    }
}
