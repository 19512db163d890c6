package eu.diplomatics.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequirementIdsTest {
    private static final Path PROJECT =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
    private static final Path MEANINGS = PROJECT.resolve("docs/requirements.md");
    private static final Pattern CITED = Pattern.compile("\\b[RL][0-9]{2}\\b");
    private static final Pattern EXPLAINED = Pattern.compile("(?m)^\\| ([RL][0-9]{2}) \\| \\S");

    @Test
    void every_id_that_is_cited_anywhere_is_explained() throws IOException {
        Set<String> explained = EXPLAINED
                .matcher(Files.readString(MEANINGS))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toSet());
        Set<String> cited = new TreeSet<>();
        try (Stream<Path> modules = Files.list(PROJECT)) {
            for (Path module : modules.filter(path -> Files.exists(path.resolve("pom.xml")))
                    .toList()) {
                addCited(module.resolve("src"), cited);
            }
        }
        addCited(PROJECT.resolve("docs"), cited);
        assertThat(cited).contains("R09", "L03");
        assertThat(explained).containsAll(cited);
    }

    private static void addCited(Path folder, Set<String> cited) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(RequirementIdsTest::isText).toList()) {
                Matcher matcher = CITED.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
                while (matcher.find()) {
                    cited.add(matcher.group());
                }
            }
        }
    }

    private static boolean isText(Path file) {
        String name = String.valueOf(file.getFileName());
        return (name.endsWith(".java") || name.endsWith(".sql") || name.endsWith(".md")) && !file.equals(MEANINGS);
    }
}
