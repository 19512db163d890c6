package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.canary.Canaries;
import eu.diplomatics.quickstart.demo.Demo;
import eu.diplomatics.quickstart.keys.KeysCommand;
import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.log.LogCommand;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.Progress;
import eu.diplomatics.quickstart.stack.RunState;
import eu.diplomatics.quickstart.stack.Shutdown;
import eu.diplomatics.quickstart.stack.Stack;
import eu.diplomatics.quickstart.stack.StartFailedException;
import eu.diplomatics.quickstart.stack.Status;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What stands behind {@code ./dev}: {@code up}, {@code down}, {@code reset}, {@code status}, {@code readiness},
 * {@code demo}, {@code load}, {@code audit}, {@code keys}, {@code log}, {@code token}, and for backups {@code canaries},
 * {@code restored}, {@code taken-over} and {@code anew}.
 */
public final class QuickstartApplication {
    private static final int USAGE = 64;
    /** Not 1, which of some commands says that they looked and found a fault. */
    private static final int UNAVAILABLE = 69;

    private static final Set<String> AUDITS = Set.of("log", "access-log", "shipped");
    private static final long DEFAULT_RECORDS = 10_000;

    private QuickstartApplication() {}

    public static void main(String[] args) {
        int exit;
        try {
            exit = run(args);
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            exit = USAGE;
        } catch (StartFailedException e) {
            System.err.println("error: " + e.getMessage());
            exit = 1;
        } catch (IOException e) {
            System.err.println("error: " + e);
            exit = UNAVAILABLE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exit = 1;
        }
        System.exit(exit);
    }

    private static int run(String[] args) throws IOException, InterruptedException {
        if (args.length == 0) {
            throw new IllegalArgumentException("a command is missing");
        }
        if ("keys".equals(args[0])) {
            return keys(args);
        }
        if ("log".equals(args[0])) {
            return log(args);
        }
        if ("token".equals(args[0])) {
            return token(args);
        }
        boolean audit = args[0].equals("audit");
        if (audit && (args.length == 1 || !AUDITS.contains(args[1]))) {
            throw new IllegalArgumentException("audit what? there is: log, access-log, shipped");
        }
        Arguments arguments = new Arguments(args, audit ? 2 : 1);
        Layout layout = new Layout(arguments.home());
        return switch (args[0]) {
            case "up" -> new Up(layout, arguments).run();
            case "down" -> down(layout);
            case "reset" -> reset(layout);
            case "status" -> status(layout, arguments.has("--json"));
            case "readiness" -> readiness(layout);
            case "demo" -> demo(layout);
            case "audit" ->
                args[1].equals("shipped")
                        ? new Audit(layout).shipped()
                        : new Audit(layout).run(args[1].equals("access-log"));
            case "load" -> load(layout, arguments);
            case "canaries" -> canaries(layout);
            case "restored" -> new Restored(layout, arguments, Restored.Origin.GENERATION).run();
            case "taken-over" -> new Restored(layout, arguments, Restored.Origin.EXPORT).run();
            case "anew" -> new Restored(layout, arguments, Restored.Origin.NOTHING).run();
            default -> throw new IllegalArgumentException("unknown command " + args[0]);
        };
    }

    private static int down(Layout layout) throws IOException, InterruptedException {
        boolean ended = new Shutdown(layout).run(System.out);
        System.out.println(ended ? "down; the data stay in " + layout.data() : "nothing was running");
        return 0;
    }

    private static int reset(Layout layout) throws IOException, InterruptedException {
        Shutdown shutdown = new Shutdown(layout);
        shutdown.run(System.out);
        shutdown.forget(System.out);
        return 0;
    }

    private static int demo(Layout layout) throws IOException, InterruptedException {
        Addresses addresses = new RunState(layout).addresses();
        return new Demo(Stack.callers(layout, addresses), System.out, addresses.registryUrl(), addresses.queryUrl())
                        .run()
                ? 0
                : 1;
    }

    private static int load(Layout layout, Arguments arguments) throws IOException, InterruptedException {
        Progress progress = new Progress(System.out);
        Addresses addresses = new RunState(layout).addresses();
        Loader loader = new Loader(Stack.callers(layout, addresses), addresses.registryUrl(), progress::say);
        Loader.Summary summary =
                loader.load(arguments.number("--records", DEFAULT_RECORDS), arguments.number("--seed", 1));
        progress.say(summary.toString());
        return summary.rejected() == 0 ? 0 : 1;
    }

    private static int canaries(Layout layout) throws IOException, InterruptedException {
        Addresses addresses = new RunState(layout).addresses();
        List<JsonNode> receipts = new Canaries(Stack.callers(layout, addresses)).register(addresses.registryUrl());
        Receipts.keep(layout, receipts);
        return 0;
    }

    private static int log(String[] args) throws IOException, InterruptedException {
        List<String> words = words(args);
        Arguments arguments = new Arguments(args, 1 + words.size());
        Layout layout = new Layout(arguments.home());
        Addresses addresses = new RunState(layout).addresses();
        return new LogCommand(
                        Stack.callers(layout, addresses),
                        addresses.registryUrl(),
                        arguments.home(),
                        layout.witness(),
                        System.out)
                .run(words, arguments.text("--as", "operator"), arguments.number("--highest", 0));
    }

    private static int token(String[] args) throws IOException, InterruptedException {
        List<String> words = words(args);
        Arguments arguments = new Arguments(args, 1 + words.size());
        Layout layout = new Layout(arguments.home());
        return new TokenCommand(layout, new RunState(layout).addresses(), System.out)
                .run(words, arguments.text("--scope", "registry query"));
    }

    /** What stands behind the command and before the options. */
    private static List<String> words(String[] args) {
        return Arrays.stream(args)
                .skip(1)
                .takeWhile(word -> !word.startsWith("--"))
                .toList();
    }

    private static int keys(String[] args) throws IOException, InterruptedException {
        List<String> words = words(args);
        Arguments arguments = new Arguments(args, 1 + words.size());
        Layout layout = new Layout(arguments.home());
        Addresses addresses = new RunState(layout).addresses();
        return new KeysCommand(
                        Stack.callers(layout, addresses), addresses.registryUrl(), addresses.queryUrl(), System.out)
                .run(words, arguments.has("--detach"));
    }

    private static int readiness(Layout layout) throws IOException, InterruptedException {
        Addresses addresses = new RunState(layout).addresses();
        boolean green = true;
        for (String url : List.of(addresses.registryUrl(), addresses.queryUrl())) {
            ReadinessTable table = ReadinessTable.of(Stack.callers(layout, addresses), url);
            System.out.println(table.text());
            green &= table.isGreen();
        }
        return green ? 0 : 1;
    }

    private static int status(Layout layout, boolean json) throws IOException {
        Status status = Status.of(layout);
        System.out.println(json ? status.toJson() : status.toText());
        return status.state() == Status.State.READY ? 0 : 1;
    }
}
