package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Command.Console;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a person asks of a running custodian, with the certificate that is theirs. */
final class OnlineCommands {
    private static final String AS = "--as";
    private static final String KEY = "--key";
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
                        OnlineCommands::rotate));
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

    private static int number(String command, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UsageException(command, "needs a whole number");
        }
    }
}
