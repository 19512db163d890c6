package eu.diplomatics.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** R30, ASVS 14.1.1: every field has a class, and what is above somebody's own is told. */
class FieldSensitivityTest {
    private final FieldSensitivity table = FieldSensitivity.table();

    @Test
    void every_field_of_the_basis_and_of_what_is_derived_has_a_class() {
        assertThat(Arrays.stream(Basis.class.getRecordComponents()))
                .allSatisfy(field -> assertThat(table.classes()).containsKey("/basis/" + field.getName()));
        assertThat(Arrays.stream(Derived.class.getRecordComponents()))
                .allSatisfy(field ->
                        assertThat(table.of("/derived/" + field.getName())).isEqualTo(Sensitivity.ORDINARY));
    }

    @Test
    void a_part_has_the_class_of_the_whole() {
        assertThat(table.of("/basis/fieldOfStudy/code")).isEqualTo(Sensitivity.ORDINARY);
        assertThat(table.of("/holder/insz")).isEqualTo(Sensitivity.SPECIAL);
        assertThatThrownBy(() -> table.of("/basis/shoeSize")).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> table.of("/holder")).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void fields_above_a_class_are_told_and_those_without_one_are_above_every_class() {
        List<String> asked = List.of("/holder/insz", "/basis/degree", "/basis/shoeSize", "/holder/birthDate");
        assertThat(table.above(Sensitivity.ORDINARY, asked))
                .containsExactly("/basis/shoeSize", "/holder/birthDate", "/holder/insz");
        assertThat(table.above(Sensitivity.PERSONAL, asked)).containsExactly("/basis/shoeSize", "/holder/insz");
        assertThat(table.above(Sensitivity.SPECIAL, asked)).containsExactly("/basis/shoeSize");
    }

    @Test
    void an_object_counts_with_all_that_is_in_it() {
        assertThat(table.above(Sensitivity.PERSONAL, List.of("/holder", "/basis", "/derived", "/link")))
                .containsExactly("/basis", "/holder");
        assertThat(table.above(Sensitivity.SPECIAL, List.of("/holder", "/basis")))
                .isEmpty();
    }

    @Test
    void the_document_lists_the_same_classes() throws IOException {
        Map<String, Sensitivity> documented = new TreeMap<>();
        Pattern.compile("(?m)^\\| `(/[A-Za-z/]+)` \\| ([A-Z]+) \\|")
                .matcher(Files.readString(Path.of("../docs/classification.md")))
                .results()
                .forEach(row -> documented.put(row.group(1), Sensitivity.valueOf(row.group(2))));
        assertThat(documented).isEqualTo(table.classes());
    }
}
