package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Command.Console;
import eu.diplomatics.custodian.Statements.Signed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a person asks of a running custodian, with the certificate that is theirs. */
final class OnlineCommands {
    private static final String AS = "--as";
    private static final String KEY = "--key";
    private static final String CLIENT = "--client";
    private static final String VERSION = "--version";

    private OnlineCommands() {}

    static List<Command> all() {
        return List.of(
                new Command(
                        "status",
                        "--as FILE",
                        "says what the custodian holds",
                        """
                        Prints JSON: the keys, check values of the index keys, the receipt key.
                        """,
                        Set.of(AS),
                        OnlineCommands::status),
                new Command(
                        "rotate",
                        "--as FILE --key NAME --version N",
                        "makes version N of a key",
                        """
                        NAME is holder-index, access-log-index or receipt-signing; N is one more than the latest version, or the
                        latest, which is left as it is. Receipts are signed by the latest version from then on. With several
                        sites, index keys must be the same at each: use custodian create with components there.
                        """,
                        Set.of(AS, KEY, VERSION),
                        OnlineCommands::rotate),
                new Command(
                        "pending",
                        "--as FILE",
                        "lists what waits for approval or for the end of its hold",
                        """
                        Prints JSON: each with the hash to look up and approve, who approved, and when it is due and lapses.
                        """,
                        Set.of(AS),
                        OnlineCommands::pending),
                new Command(
                        "destroy",
                        "--as FILE --registry FILE --controller FILE",
                        "asks for the destruction of an epoch key outside the schedule, and carries it out after the hold",
                        """
                        Both files hold the same inventory, signed by the registry and by the controller (custodian sign). Two
                        operators then approve, each with their own certificate; 72 hours later, and within 14 days of
                        the first call, the same command destroys the key and prints the receipt. With several sites: at each.
                        """,
                        Set.of(AS, "--registry", "--controller"),
                        OnlineCommands::destroy),
                new Command(
                        "approve",
                        "--as FILE --id ID --hash HEX",
                        "approves what is pending, as one of two operators",
                        """
                        ID and HEX stand in the answer of custodian pending; look at what has this hash before.
                        """,
                        Set.of(AS, "--id", "--hash"),
                        OnlineCommands::approve),
                new Command(
                        "revoke",
                        "--as FILE --id ID",
                        "takes back what is pending, also during its hold",
                        """
                        Either operator or the controller can.
                        """,
                        Set.of(AS, "--id"),
                        OnlineCommands::revoke),
                new Command(
                        "ticket",
                        "--as FILE --client NAME --amount N --until TIME",
                        "asks for values beyond a client's quota, for a bulk load or an index rotation",
                        """
                        TIME is UTC, such as 2026-12-01T18:00:00Z, at most 14 days from now. Two operators then approve, each with
                        their own certificate; custodian status shows how much is used.
                        """,
                        Set.of(AS, CLIENT, "--amount", "--until"),
                        OnlineCommands::ticket),
                new Command(
                        "lift",
                        "--as FILE --client NAME",
                        "asks to lift a client's alarm",
                        """
                        Two operators then approve, each with their own certificate. Find out first what the client did.
                        """,
                        Set.of(AS, CLIENT),
                        OnlineCommands::lift),
                new Command(
                        "lease",
                        "--as FILE --client NAME --order FILE",
                        "asks to let a client unwrap keys for one order, such as an export",
                        """
                        FILE is the order as its maker printed it; two operators then approve its hash, each with their own
                        certificate. It is used once, by one run of the client, until the time it names.
                        """,
                        Set.of(AS, CLIENT, "--order"),
                        OnlineCommands::lease),
                new Command(
                        "receipt",
                        "--as FILE --key LABEL",
                        "prints the receipt of a destroyed key",
                        """
                        Its signature is by the receipt key that the status names, over the text
                        "diplomatics destruction receipt v1", a line feed and the statement.
                        """,
                        Set.of(AS, KEY),
                        OnlineCommands::receipt));
    }

    interface Question {
        JsonNode ask(OperatorClient client);
    }

    private static int print(Options options, Console console, Question question) {
        try (OperatorClient client = OperatorClient.of(Path.of(options.one(AS)), console.environment())) {
            console.out().println(question.ask(client).toPrettyString());
            return CustodianApplication.OK;
        }
    }

    private static int status(Options options, Console console) {
        return print(options, console, client -> client.get("/v1/status"));
    }

    private static int rotate(Options options, Console console) {
        Map<String, Object> body = Map.of("key", options.one(KEY), "version", number("rotate", options.one(VERSION)));
        return print(options, console, client -> client.post("/v1/rotate", body));
    }

    private static int pending(Options options, Console console) {
        return print(options, console, client -> client.get("/v1/pending"));
    }

    private static int destroy(Options options, Console console) {
        Signed registry = SigningCommand.signed(Path.of(options.one("--registry")));
        Signed controller = SigningCommand.signed(Path.of(options.one("--controller")));
        if (!registry.statement().equals(controller.statement())) {
            throw new ConfigurationException("the two files hold different inventories", "have both sign the same one");
        }
        String label =
                Messages.JSON.readTree(registry.statement()).path("label").asString("");
        var request = new Destruction.DestroyRequest(
                label, registry.statement(), registry.signature(), controller.signature());
        return print(options, console, client -> client.post("/v1/destroy", request));
    }

    private static int approve(Options options, Console console) {
        var request = new Messages.ApproveRequest(options.one("--id"), options.one("--hash"));
        return print(options, console, client -> client.post("/v1/approve", request));
    }

    private static int revoke(Options options, Console console) {
        var request = new Messages.RevokeRequest(options.one("--id"));
        return print(options, console, client -> client.post("/v1/revoke", request));
    }

    private static int ticket(Options options, Console console) {
        Instant until;
        try {
            until = Instant.parse(options.one("--until"));
        } catch (DateTimeException e) {
            throw new UsageException("ticket", "needs a time such as 2026-12-01T18:00:00Z after --until");
        }
        var request = new Grants.TicketRequest(options.one(CLIENT), number("ticket", options.one("--amount")), until);
        return print(options, console, client -> client.post("/v1/ticket", request));
    }

    private static int lift(Options options, Console console) {
        var request = new Grants.LiftRequest(options.one(CLIENT));
        return print(options, console, client -> client.post("/v1/lift", request));
    }

    private static int lease(Options options, Console console) {
        String order;
        try {
            order = Files.readString(Path.of(options.one("--order"))).strip();
        } catch (IOException e) {
            throw new ConfigurationException("the order cannot be read", "--order FILE names it", e);
        }
        var request = new Leases.LeaseRequest(options.one(CLIENT), order);
        return print(options, console, client -> client.post("/v1/lease", request));
    }

    private static int receipt(Options options, Console console) {
        String label = options.one(KEY);
        if (!KeyLabels.isEpoch(label)) {
            throw new UsageException("receipt", "needs the label of an epoch key");
        }
        return print(options, console, client -> client.get("/v1/receipts/" + label));
    }

    private static int number(String command, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UsageException(command, "needs a whole number");
        }
    }
}
