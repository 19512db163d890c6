package eu.diplomatics.quickstart.compliance;

import eu.diplomatics.quickstart.compliance.Reports.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The dossier of one state of the sources: each promise and each control with its measure, the tests that show it and
 * its state. Without reports the tests are those that exist; with reports those that passed.
 */
final class Dossier {
    private static final String NOTICE = """
            # Compliance dossier

            Written by `./dev compliance` from the tests and the tables in [docs/compliance](compliance); a test fails when it is not
            what these give. Do not edit it by hand.

            For the controller, the data-protection officer and an auditor: what was promised, by which measure, and which test shows it.
            `./dev compliance --reports` writes the same after a run of the tests, with only those that passed, to `target/compliance.md`.

            - **open**: no test shows it. Whatever the measure says, do not count on it.
            - **partly**: tests show what the measure says; what is missing stands behind it.
            - **tested**: tests show it.

            What tests cannot show stands beside this: [residual risks](compliance/residual-risks.md), with owner, deadline and acceptance;
            the [register of processing and the frame of the impact assessment](compliance/processing.md); the
            [registers of processors and audits](compliance/oversight.md), which go stale; how each [abuse case](abuse-cases.md) is met.
            """;

    private final Path docs;
    private final TestSources tests;
    private final Optional<Reports> reports;

    private Dossier(Path docs, TestSources tests, Optional<Reports> reports) {
        this.docs = docs;
        this.tests = tests;
        this.reports = reports;
    }

    /**
     * @param root the folder of the sources
     * @throws IllegalStateException naming a row that names no test class there is, or an id that has no row
     */
    static String write(Path root, Optional<Reports> reports) throws IOException {
        Dossier dossier = new Dossier(root.resolve("docs"), TestSources.of(root), reports);
        return NOTICE + dossier.promises() + dossier.controls();
    }

    private String promises() throws IOException {
        Map<String, List<String>> promises = Table.read(docs.resolve("requirements.md"), "[RL][0-9]{2}", 2);
        Map<String, List<String>> measures = Table.read(docs.resolve("compliance/measures.md"), "[RL][0-9]{2}", 3);
        tests.byId().keySet().stream()
                .filter(id -> id.matches("[RL].*") && !measures.containsKey(id))
                .forEach(id -> missing("docs/compliance/measures.md", id));
        StringBuilder text = new StringBuilder(
                "\n## Promises\n\n| id | promise | measure | evidence | state |\n" + "|---|---|---|---|---|\n");
        measures.forEach((id, measure) -> {
            List<String> promise = promises.get(id);
            if (promise == null) {
                throw missing("docs/requirements.md", id);
            }
            row(text, id, promise.getFirst(), measure.getFirst(), measure.get(1), cited(id));
        });
        return text.toString();
    }

    private String controls() throws IOException {
        StringBuilder text = new StringBuilder("""

                ## Controls of OWASP ASVS 5.0.0

                Those of levels 1 and 2 that a registry without pages of its own has to meet, and some of level 3, by the numbers of the
                standard and in our words. One that is not listed was left out because it does not apply (browser storage, mail, templates,
                WebRTC), because it asks for a document only, or because nobody looked yet: this is a choice, not a certificate.

                | control | level | asks | measure | evidence | state |
                |---|---|---|---|---|---|
                """);
        Map<String, List<String>> controls =
                Table.read(docs.resolve("compliance/asvs.md"), "[0-9]+\\.[0-9]+\\.[0-9]+", 6);
        tests.byId().keySet().stream()
                .filter(id -> id.matches("[0-9].*") && !controls.containsKey(id))
                .forEach(id -> missing("docs/compliance/asvs.md", id));
        controls.forEach((id, control) -> {
            SortedSet<String> evidence = new TreeSet<>(cited(id));
            for (String named : control.get(4).split(",")) {
                if (!named.isBlank()) {
                    evidence.add(existing(id, named.strip()));
                }
            }
            row(text, id + " | " + control.getFirst(), control.get(1), control.get(2), control.get(3), evidence);
        });
        return text.toString();
    }

    private static IllegalStateException missing(String table, String id) {
        throw new IllegalStateException(table + " has no row " + id);
    }

    private SortedSet<String> cited(String id) {
        return tests.byId().getOrDefault(id, new TreeSet<>());
    }

    private String existing(String id, String test) {
        if (!tests.all().containsKey(test)) {
            throw new IllegalStateException("docs/compliance/asvs.md: " + id + " names " + test + ", which is no test");
        }
        return test;
    }

    private void row(
            StringBuilder text, String id, String asks, String measure, String missing, SortedSet<String> evidence) {
        SortedSet<String> shown = new TreeSet<>(evidence);
        shown.removeIf(test -> !passed(test));
        String state = shown.isEmpty() || shown.size() < evidence.size()
                ? "**open**"
                : missing.isEmpty() ? "tested" : "partly";
        String measures =
                missing.isEmpty() ? measure : measure.isEmpty() ? missing : measure + ". *Missing:* " + missing;
        text.append("| ")
                .append(id)
                .append(" | ")
                .append(asks)
                .append(" | ")
                .append(measures)
                .append(" | ")
                .append(evidence.stream().map(this::shown).collect(Collectors.joining(", ")))
                .append(" | ")
                .append(state)
                .append(" |\n");
    }

    private String shown(String test) {
        Outcome outcome = outcome(test);
        return switch (outcome) {
            case PASSED -> "`" + test + "`";
            case FAILED -> "`" + test + "` (failed)";
            case NOT_RUN -> "`" + test + "` (not run)";
        };
    }

    private boolean passed(String test) {
        return outcome(test) == Outcome.PASSED;
    }

    private Outcome outcome(String test) {
        String module = test.substring(0, test.indexOf('/'));
        return reports.map(each -> each.of(module, tests.all().getOrDefault(test, new TreeSet<>())))
                .orElse(Outcome.PASSED);
    }
}
