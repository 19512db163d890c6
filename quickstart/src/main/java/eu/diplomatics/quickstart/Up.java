package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.load.SamplePeople;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.CustodianSite;
import eu.diplomatics.quickstart.stack.CustodianToken;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.ProcessTable;
import eu.diplomatics.quickstart.stack.Progress;
import eu.diplomatics.quickstart.stack.RunState;
import eu.diplomatics.quickstart.stack.Stack;
import eu.diplomatics.quickstart.stack.StartFailedException;
import eu.diplomatics.quickstart.stack.Status;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code up}: starts everything, loads sample data the first time, and stays until it is told to end. */
final class Up {
    private static final String HEADER = "header";
    private static final String TOKENS = "tokens";
    /** How callers say who they are, unless {@code --callers} says otherwise. */
    private static final String DEFAULT_CALLERS = TOKENS;

    private static final long DEFAULT_RECORDS = 2000;
    private static final long SEED = 1;
    private static final long PEOPLE_AMONG = 300;
    private static final int PEOPLE_SHOWN = 4;
    private static final long START_END_PATIENCE_SECONDS = 30;
    private static final Duration PROJECTION_PATIENCE = Duration.ofSeconds(60);

    private final Layout layout;
    private final Addresses addresses;
    private final long records;
    private final String ending;
    private final Progress progress = new Progress(System.out);
    private final CountDownLatch startEnded = new CountDownLatch(1);

    Up(Layout layout, Arguments arguments) {
        this.layout = layout;
        String callers = arguments.text("--callers", DEFAULT_CALLERS);
        if (!callers.equals(HEADER) && !callers.equals(TOKENS)) {
            throw new IllegalArgumentException("--callers takes " + HEADER + " or " + TOKENS);
        }
        this.addresses = Addresses.from(arguments.number("--port-base", Addresses.DEFAULT_BASE))
                .withTokens(callers.equals(TOKENS));
        this.ending = arguments.has("--detach") ? "./dev down stops it" : "Ctrl-C or ./dev down stops it";
        this.records = arguments.number("--records", DEFAULT_RECORDS);
    }

    int run() throws IOException, InterruptedException {
        layout.create();
        RunState state = new RunState(layout);
        FileLock lock = state.lock();
        if (lock == null) {
            progress.plain("already running:\n" + Status.of(layout).toText());
            return 0;
        }
        for (String name : new ProcessTable(layout).reap()) {
            progress.say("ended " + name + ", left over from a crash");
        }
        Map<String, Integer> taken = addresses.taken();
        if (!taken.isEmpty()) {
            throw new StartFailedException(taken.entrySet().stream()
                            .map(entry -> "port " + entry.getValue() + " (" + entry.getKey() + ")")
                            .collect(Collectors.joining(", "))
                    + " in use by another program\nHINT: ./dev up --port-base N takes eleven ports from N on");
        }
        state.write(addresses, false);
        Stack stack = new Stack(layout, addresses, progress);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stack, state), "stop"));
        try {
            stack.start();
        } finally {
            startEnded.countDown();
        }
        stack.onUnexpectedEnd((name, exit) -> progress.say(name + " ended by itself (exit " + exit + "); see "
                + layout.logs().resolve(name + ".log")));
        loadSamples();
        if (!Status.awaitProjected(addresses, PROJECTION_PATIENCE)) {
            progress.say("the query side still follows: ./dev status says how far it is");
        }
        List<SamplePeople.Person> people = samplesLoaded() == 0
                ? List.of()
                : SamplePeople.of(SEED, Math.min(samplesLoaded(), PEOPLE_AMONG), PEOPLE_SHOWN);
        state.write(addresses, true);
        progress.plain(ReadyBlock.text(
                addresses, CustodianSite.of(layout), CustodianToken.of(layout), people, progress.elapsedSeconds()));
        progress.plain(ending);
        new CountDownLatch(1).await();
        return 0;
    }

    private void loadSamples() throws IOException, InterruptedException {
        if (records == 0 || samplesLoaded() > 0) {
            return;
        }
        progress.say("registering " + records + " sample records");
        Loader.Summary summary = new Loader(Stack.callers(layout, addresses), addresses.registryUrl(), progress::say)
                .load(records, SEED);
        progress.say(summary.toString());
        Files.writeString(samplesFile(), Long.toString(records));
    }

    /** How many sample records an earlier start registered, 0 for none. */
    private long samplesLoaded() throws IOException {
        return Files.exists(samplesFile())
                ? Long.parseLong(Files.readString(samplesFile()).strip())
                : 0;
    }

    private Path samplesFile() {
        return layout.data().resolve("sample-records");
    }

    private void end(Stack stack, RunState state) {
        stack.close();
        try {
            // A signal during the start: whatever was being started meanwhile goes too.
            if (startEnded.await(START_END_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                stack.close();
            }
            state.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            progress.say("the state file could not be removed");
        }
    }
}
