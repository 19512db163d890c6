package eu.diplomatics.quickstart.compliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the last run of the tests came to, from the reports that Maven's test runners wrote.
 *
 * @param outcomes by the module and full name of the test class, with a slash between
 */
record Reports(Map<String, Outcome> outcomes) {
    enum Outcome {
        PASSED,
        FAILED,
        /** No test of the class ran. */
        NOT_RUN
    }

    private static final Pattern SUITE = Pattern.compile("<testsuite\\s[^>]*>");
    /** Of the class; what stands behind says which of its runs it was. Not of the test in it, whose class may be told without its package. */
    private static final Pattern NAME = Pattern.compile("\\sname=\"([^\"$(]+)");

    static Reports of(Path root) throws IOException {
        Reports reports = new Reports(new HashMap<>());
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.toList()) {
                for (String runner : List.of("surefire-reports", "failsafe-reports")) {
                    Path folder = module.resolve("target").resolve(runner);
                    if (Files.isDirectory(folder)) {
                        reports.read(String.valueOf(module.getFileName()), folder);
                    }
                }
            }
        }
        return reports;
    }

    private void read(String module, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(
                            each -> String.valueOf(each.getFileName()).matches("TEST-.*\\.xml"))
                    .toList()) {
                String text = Files.readString(file);
                Matcher suite = SUITE.matcher(text);
                if (!suite.find()) {
                    continue;
                }
                Matcher name = NAME.matcher(suite.group());
                if (name.find()) {
                    int ran = number(suite.group(), "tests") - number(suite.group(), "skipped");
                    boolean failed = number(suite.group(), "failures") + number(suite.group(), "errors") > 0;
                    Outcome outcome = failed ? Outcome.FAILED : ran > 0 ? Outcome.PASSED : Outcome.NOT_RUN;
                    outcomes.merge(module + "/" + name.group(1), outcome, Reports::worse);
                }
            }
        }
    }

    /** The nested classes of a test have reports of their own. */
    private static Outcome worse(Outcome one, Outcome other) {
        if (one == Outcome.FAILED || other == Outcome.FAILED) {
            return Outcome.FAILED;
        }
        return one == Outcome.PASSED ? one : other;
    }

    private static int number(String suite, String name) {
        Matcher matcher = Pattern.compile("\\s" + name + "=\"([0-9]+)\"").matcher(suite);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** What the test classes of these full names came to together: all of them have to pass. */
    Outcome of(String module, Collection<String> fullNames) {
        Outcome worst = fullNames.isEmpty() ? Outcome.NOT_RUN : Outcome.PASSED;
        for (String fullName : fullNames) {
            Outcome each = outcomes.getOrDefault(module + "/" + fullName, Outcome.NOT_RUN);
            if (each == Outcome.FAILED || worst == Outcome.PASSED) {
                worst = each;
            }
        }
        return worst;
    }
}
