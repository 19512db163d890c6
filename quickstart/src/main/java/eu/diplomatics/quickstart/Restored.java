package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.canary.Canaries;
import eu.diplomatics.quickstart.canary.Canaries.Answer;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.FilledStores;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.ProcessTable;
import eu.diplomatics.quickstart.stack.Progress;
import eu.diplomatics.quickstart.stack.RunState;
import eu.diplomatics.quickstart.stack.Stack;
import eu.diplomatics.quickstart.stack.StartFailedException;
import eu.diplomatics.quickstart.stack.Status;
import eu.diplomatics.quickstart.stack.TakenOver;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a generation brought, started where it was unpacked and by what it brought: databases that are filled from it,
 * broker, services; then the questions about the canaries. The custodian and the certificates are brought by the operator.
 */
final class Restored {
    /** Beside what was unpacked: what took how long, and what was found. */
    private static final String REPORT = "restored.json";

    private static final Duration PROJECTION_PATIENCE = Duration.ofMinutes(30);

    private final Layout layout;
    private final Addresses addresses;
    private final Callers callers;
    private final Filling filling;
    private final Origin origin;
    private final @Nullable Path sample;
    private final boolean check;
    private final Progress progress = new Progress(System.out);
    private final Map<String, Duration> phases = new LinkedHashMap<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<AnswerSample> samples = new ArrayList<>();
    private final Digests digests = Digests.drawn();

    /** From where its data come. */
    enum Origin {
        /** With the custodian that there is. */
        GENERATION,
        /** Under a custodian of its own. */
        EXPORT,
        /** The same, and it begins empty. */
        NOTHING
    }

    Restored(Layout layout, Arguments arguments, Origin origin) {
        this.layout = layout;
        this.addresses = Addresses.from(arguments.number("--port-base", Addresses.DEFAULT_BASE))
                .withTokens(true);
        this.callers = Stack.callers(layout, addresses);
        this.origin = origin;
        this.sample = arguments.has("--sample") ? arguments.path("--sample") : null;
        this.filling = switch (origin) {
            case GENERATION -> restored(layout, arguments);
            case EXPORT -> takenOver(layout, arguments);
            case NOTHING -> this::anew;
        };
        this.check = arguments.has("--check");
    }

    @FunctionalInterface
    private interface Filling {
        void start(Stack stack, Map<String, Duration> phases) throws IOException, InterruptedException;
    }

    private static Filling restored(Layout layout, Arguments arguments) {
        FilledStores stores = new FilledStores(
                layout,
                arguments.path("--backup-config"),
                arguments.path("--certificates"),
                arguments.text("--day"),
                arguments.text("--place"));
        return (stack, phases) -> stack.startFilled(stores, phases);
    }

    private static Filling takenOver(Layout layout, Arguments arguments) {
        TakenOver export = new TakenOver(
                layout,
                arguments.path("--bag"),
                arguments.path("--identity"),
                List.of(arguments.text("--export-keys").split(",")));
        return (stack, phases) -> stack.startAnew(Optional.of(export), phases);
    }

    private void anew(Stack stack, Map<String, Duration> took) throws IOException, InterruptedException {
        stack.startAnew(Optional.empty(), took);
        Instant begun = Instant.now();
        new Canaries(callers).register(addresses.registryUrl());
        took.put("registrations", Duration.between(begun, Instant.now()));
    }

    int run() throws IOException, InterruptedException {
        layout.create();
        RunState state = new RunState(layout);
        FileLock lock = state.lock();
        if (lock == null) {
            throw new StartFailedException("what was restored there runs already");
        }
        new ProcessTable(layout).reap();
        Map<String, Integer> taken = addresses.taken();
        if (!taken.isEmpty()) {
            throw new StartFailedException(taken.entrySet().stream()
                            .map(entry -> "port " + entry.getValue() + " (" + entry.getKey() + ")")
                            .collect(Collectors.joining(", "))
                    + " in use by another program\nHINT: --port-base N takes eleven ports from N on");
        }
        state.write(addresses, false);
        Stack stack = new Stack(layout, addresses, progress);
        Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "stop"));
        try {
            filling.start(stack, phases);
            Instant begun = Instant.now();
            if (!Status.awaitProjected(addresses, PROJECTION_PATIENCE)) {
                throw new StartFailedException("the query side does not follow\nHINT: look into "
                        + layout.logs().resolve("query.log"));
            }
            phases.put("projection", Duration.between(begun, Instant.now()));
            boolean asBefore = ask();
            if (sample != null) {
                asBefore &= askSample(sample);
            }
            if (origin == Origin.EXPORT) {
                asBefore &= receiptsHold();
            }
            if (check) {
                asBefore &= write();
            }
            report();
            if (check || !asBefore) {
                return asBefore ? 0 : 1;
            }
            state.write(addresses, true);
            progress.plain("registry " + addresses.registryUrl() + ", query " + addresses.queryUrl()
                    + "; Ctrl-C stops it, the data stay in " + layout.data());
            progress.plain("headers of one request, in place of ./dev token: "
                    + Path.of(System.getProperty("java.home"), "bin", "java") + " -cp '"
                    + layout.application("quickstart") + "' " + QuickstartApplication.class.getName()
                    + " token ROLE:ID METHOD URL --home " + layout.home());
            new CountDownLatch(1).await();
            return 0;
        } finally {
            stack.close();
            state.clear();
        }
    }

    private boolean ask() throws IOException, InterruptedException {
        Instant begun = Instant.now();
        Path questions = layout.home().resolve("configuration").resolve("smoke.json");
        List<Answer> answers = new Canaries(callers).ask(addresses.queryUrl(), Files.readString(questions));
        phases.put("smoke queries", Duration.between(begun, Instant.now()));
        boolean asBefore = isAsWanted(answers);
        note(
                "the canaries are answered as they were to be",
                asBefore,
                answers.stream()
                        .filter(each -> !each.isAsWanted())
                        .map(Answer::name)
                        .collect(Collectors.joining(", ")));
        samples.add(new AnswerSample("canaries", "the generation", digests.of(answers), 0));
        return asBefore;
    }

    /** What was drawn from an export: the answer has to be the export's, but where the record was changed since. */
    private boolean askSample(Path file) throws IOException, InterruptedException {
        Instant begun = Instant.now();
        JsonNode drawn = JsonMapper.shared().readTree(Files.readString(file));
        Digests under = new Digests(Base64.getDecoder().decode(drawn.path("key").asString("")));
        Canaries canaries = new Canaries(callers);
        List<Digests.Pair> answers = new ArrayList<>();
        long later = 0;
        for (JsonNode question : drawn.path("questions")) {
            Canaries.Versioned answer = canaries.about(
                    addresses.queryUrl(), question.path("reference").asString(""));
            if (answer.version() > question.path("version").asLong()) {
                later++;
            } else {
                answers.add(new Digests.Pair(question.path("digest").asString(""), under.of(answer.text())));
            }
        }
        phases.put("sampled answers", Duration.between(begun, Instant.now()));
        samples.add(new AnswerSample("records by reference", "the export", answers, later));
        return answers.stream().allMatch(each -> each.source().equals(each.answered()));
    }

    private boolean receiptsHold() throws IOException, InterruptedException {
        Instant begun = Instant.now();
        Receipts.Held held = new Receipts(layout, addresses).verify();
        phases.put("receipts", Duration.between(begun, Instant.now()));
        note(
                "receipts of the registry that was hold against this log",
                held.isWhole(),
                held.holding() + " of " + held.all());
        return held.isWhole();
    }

    /** What came back takes a registration, and answers it. */
    private boolean write() throws IOException, InterruptedException {
        Instant begun = Instant.now();
        Canaries canaries = new Canaries(callers);
        canaries.registerVisitor(addresses.registryUrl());
        boolean answered = Status.awaitProjected(addresses, PROJECTION_PATIENCE)
                && isAsWanted(canaries.ask(addresses.queryUrl(), Canaries.questionAboutVisitor()));
        phases.put("one registration", Duration.between(begun, Instant.now()));
        note("a registration is taken and answered", answered, "");
        return answered;
    }

    private static boolean isAsWanted(List<Answer> answers) {
        return !answers.isEmpty() && answers.stream().allMatch(Answer::isAsWanted);
    }

    private void note(String name, boolean passed, String found) {
        checks.add(new Check(name, passed, found));
        progress.say((passed ? "" : "NOT: ") + name + (found.isEmpty() ? "" : ": " + found));
    }

    /** What was asked, and what came of it. */
    private record Check(String name, boolean passed, String found) {}

    /** @param later left out, since it was changed after the source was written */
    private record AnswerSample(String of, String source, List<Digests.Pair> answers, long later) {}

    /** For who had it restored. */
    private void write(Path file) throws IOException {
        Map<String, Long> millis = new LinkedHashMap<>();
        phases.forEach((name, took) -> millis.put(name, took.toMillis()));
        Files.writeString(
                file,
                JsonMapper.shared().writeValueAsString(Map.of("phases", millis, "checks", checks, "samples", samples)));
    }

    private void report() throws IOException {
        Duration all = Duration.ZERO;
        for (Map.Entry<String, Duration> phase : phases.entrySet()) {
            all = all.plus(phase.getValue());
            progress.plain(line(phase.getKey(), phase.getValue()));
        }
        progress.plain(line("in all", all));
        write(layout.home().resolve(REPORT));
    }

    private static String line(String name, Duration took) {
        return String.format(Locale.ROOT, "  %-24s %8.1f s", name, took.toMillis() / 1000.0);
    }
}
