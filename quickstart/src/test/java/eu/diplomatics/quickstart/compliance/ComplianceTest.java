package eu.diplomatics.quickstart.compliance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R21: the dossier says what the tests say, and what no test shows is open. */
class ComplianceTest {
    private static final Path PROJECT =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

    @TempDir
    Path root;

    @BeforeEach
    void aSmallProject() throws IOException {
        write(
                "docs/requirements.md",
                "| id | the promise |\n|---|---|\n| R01 | It registers |\n| R02 | It answers |\n");
        write("docs/compliance/measures.md", "| R01 | an API | |\n| R02 | another | the slow ones |\n");
        write("docs/compliance/asvs.md", "| 1.2.4 | 1 | no SQL | parameters | | store/StoreTest |\n");
        write("store/pom.xml", "");
        test("store", "StoreTest", comment("R02: it answers.") + "class StoreTest { String data = \"R01\"; }");
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    /** Put together, so that this class does not cite what its examples do. */
    private static String comment(String text) {
        return "/" + "** " + text + " *" + "/\n";
    }

    private void test(String module, String name, String text) throws IOException {
        write(module + "/src/test/java/" + name + ".java", "package p;\n" + text);
    }

    private void ran(String name, int failures, int skipped) throws IOException {
        write(
                "store/target/surefire-reports/TEST-" + name + ".xml",
                "<testsuite name=\"" + name + "\" tests=\"2\" errors=\"0\" skipped=\"" + skipped + "\" failures=\""
                        + failures + "\">\n  <testcase name=\"a\" classname=\"StoreTest\" time=\"0\"/></testsuite>");
    }

    private String row(String id, boolean reports) throws IOException {
        return Dossier.write(root, reports ? Optional.of(Reports.of(root)) : Optional.empty())
                .lines()
                .filter(line -> line.startsWith("| " + id + " |"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_document_is_what_the_tests_and_tables_give() throws IOException {
        assertThat(PROJECT.resolve("docs/compliance.md"))
                .as("./dev compliance writes it")
                .hasContent(Dossier.write(PROJECT, Optional.empty()));
    }

    @Test
    void every_promise_has_a_row() throws IOException {
        String dossier = Files.readString(PROJECT.resolve("docs/compliance.md"));
        Stream.concat(
                        IntStream.rangeClosed(1, 36).mapToObj("| R%02d |"::formatted),
                        IntStream.rangeClosed(1, 12).mapToObj("| L%02d |"::formatted))
                .forEach(row -> assertThat(dossier).contains("\n" + row));
    }

    @Test
    void every_test_that_an_abuse_case_names_is_there_and_without_one_it_is_open() throws IOException {
        Map<String, List<String>> cases = Table.read(PROJECT.resolve("docs/abuse-cases.md"), "[0-9]+", 5);
        assertThat(cases).hasSize(21);
        Set<String> there = TestSources.of(PROJECT).all().keySet();
        cases.forEach((number, row) -> {
            List<String> named = Pattern.compile("`([^`]+)`")
                    .matcher(row.get(2))
                    .results()
                    .map(name -> name.group(1))
                    .toList();
            assertThat(there).as(number).containsAll(named);
            assertThat(row.getLast().contains("**open**")).as(number).isEqualTo(named.isEmpty());
        });
    }

    @Test
    void a_row_without_a_test_is_open_and_data_of_a_test_is_no_evidence() throws IOException {
        assertThat(row("R01", false)).endsWith("|  | **open** |");
        test("store", "NewTest", "class NewTest { void " + "it_registers_R01() {} }");
        assertThat(row("R01", false)).endsWith("| `store/NewTest` | tested |");
    }

    @Test
    void what_is_missing_makes_a_row_partly() throws IOException {
        assertThat(row("R02", false))
                .isEqualTo("| R02 | It answers | another. *Missing:* the slow ones | `store/StoreTest` | partly |");
    }

    @Test
    void a_control_has_the_tests_that_are_named_and_those_that_cite_it() throws IOException {
        assertThat(row("1.2.4", false)).contains("| `store/StoreTest` | tested |");
        test("store", "SqlTest", comment("ASVS 1.2.4") + "class SqlTest {}");
        assertThat(row("1.2.4", false)).contains("| `store/SqlTest`, `store/StoreTest` | tested |");
    }

    @Test
    void of_several_controls_named_at_once_each_is_cited() throws IOException {
        write(
                "docs/compliance/asvs.md",
                "| 1.2.4 | 1 | a | b | | |\n| 2.3.4 | 1 | a | b | | |\n| 5.6.7 | 1 | a | b | | |\n");
        test("store", "NewTest", comment("R01, ASVS 1.2.4, 2.3.4,\n * 5.6.7: all.") + "class NewTest {}");
        for (String control : List.of("1.2.4", "2.3.4", "5.6.7")) {
            assertThat(row(control, false)).endsWith("| `store/NewTest` | tested |");
        }
    }

    @Test
    void after_a_run_only_tests_that_passed_count() throws IOException {
        assertThat(row("R02", true)).endsWith("| `store/StoreTest` (not run) | **open** |");
        ran("p.StoreTest", 0, 0);
        assertThat(row("R02", true)).endsWith("| `store/StoreTest` | partly |");
        ran("p.StoreTest", 0, 2);
        assertThat(row("R02", true)).endsWith("| `store/StoreTest` (not run) | **open** |");
        ran("p.StoreTest", 0, 0);
        ran("p.StoreTest$Nested", 1, 0);
        assertThat(row("R02", true)).endsWith("| `store/StoreTest` (failed) | **open** |");
    }

    @Test
    void a_table_that_lies_is_named() throws IOException {
        test("store", "NewTest", comment("R03") + "class NewTest {}");
        assertThatThrownBy(() -> row("R01", false)).hasMessage("docs/compliance/measures.md has no row R03");
        test("store", "NewTest", "");
        write("docs/compliance/asvs.md", "| 1.2.4 | 1 | no SQL | parameters | | store/GoneTest |\n");
        assertThatThrownBy(() -> row("R01", false)).hasMessageContaining("store/GoneTest, which is no test");
        write("docs/compliance/asvs.md", "| 1.2.4 | 1 | no SQL |\n");
        assertThatThrownBy(() -> row("R01", false)).hasMessageContaining("1.2.4 has 3 cells instead of 6");
    }
}
