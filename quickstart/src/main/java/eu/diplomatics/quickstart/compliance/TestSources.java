package eu.diplomatics.quickstart.compliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The test classes of all modules, and the ids each names where it says what it shows: in a comment, a display name or
 * a test's name. An id that is only data of a test is none.
 *
 * @param byId test classes as {@code module/Class}, by id
 * @param all every test class there is, and its full names: packages may have one each of the same name
 */
record TestSources(Map<String, SortedSet<String>> byId, Map<String, SortedSet<String>> all) {
    private static final Pattern SAYS =
            Pattern.compile("/\\*.*?\\*/|//[^\\n]*|@DisplayName\\([^)]*\\)|void \\w+\\(", Pattern.DOTALL);
    private static final Pattern ID = Pattern.compile("(?<![A-Za-z0-9])[RL][0-9]{2}(?![0-9])");
    private static final Pattern CONTROL = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+");
    /** One control or several with commas between, in a comment perhaps over lines. */
    private static final Pattern CONTROLS = Pattern.compile("ASVS " + CONTROL + "(?:,[\\s*/]+" + CONTROL + ")*");

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

    static TestSources of(Path root) throws IOException {
        TestSources found = new TestSources(new TreeMap<>(), new TreeMap<>());
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.filter(each -> Files.exists(each.resolve("pom.xml")))
                    .sorted()
                    .toList()) {
                Path tests = module.resolve("src/test/java");
                if (Files.isDirectory(tests)) {
                    found.read(String.valueOf(module.getFileName()), tests);
                }
            }
        }
        return found;
    }

    private void read(String module, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.matches(".+(Test|IT|Fuzz)\\.java")) {
                    String type = name.substring(0, name.length() - ".java".length());
                    read(module + "/" + type, type, Files.readString(file));
                }
            }
        }
    }

    private void read(String test, String type, String source) {
        Matcher declared = PACKAGE.matcher(source);
        String fullName = declared.find() ? declared.group(1) + "." + type : type;
        all.computeIfAbsent(test, any -> new TreeSet<>()).add(fullName);
        Matcher says = SAYS.matcher(source);
        while (says.find()) {
            // a test's name joins its words with underscores
            String text = says.group().replace('_', ' ');
            cite(ID.matcher(text), test);
            CONTROLS.matcher(text).results().forEach(list -> cite(CONTROL.matcher(list.group()), test));
        }
    }

    private void cite(Matcher matcher, String test) {
        while (matcher.find()) {
            byId.computeIfAbsent(matcher.group(), id -> new TreeSet<>()).add(test);
        }
    }
}
