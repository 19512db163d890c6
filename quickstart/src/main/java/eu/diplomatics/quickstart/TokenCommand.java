package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.StartFailedException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** {@code ./dev token}: what an integrator needs to call as one of the sample systems and people. */
final class TokenCommand {
    private static final int WITH_REQUEST = 3;
    private static final List<String> SCOPES = List.of("registry", "query", "registry.read", "query.read");
    private static final List<String> ROLES = List.of(
            "supplier",
            "agency",
            "citizen",
            "delegate",
            "case-worker",
            "institution-clerk",
            "controller",
            "dpo",
            "auditor",
            "operator");

    private static final String HINT = "\nHINT: ./dev token --help";

    private final Layout layout;
    private final Addresses addresses;
    private final PrintStream out;

    TokenCommand(Layout layout, Addresses addresses, PrintStream out) {
        this.layout = layout;
        this.addresses = addresses;
        this.out = out;
    }

    /** @param words who; or who, method and address: then the headers of that one request */
    int run(List<String> words, String scope) throws IOException, InterruptedException {
        if (words.size() != 1 && words.size() != WITH_REQUEST) {
            throw new IllegalArgumentException("token takes ROLE:ID, or ROLE:ID METHOD URL" + HINT);
        }
        if (!addresses.tokens()) {
            throw new IllegalArgumentException("this registry takes callers at their word: -H 'X-Caller: ROLE:ID'"
                    + "\nHINT: ./dev down, then ./dev up without --callers header asks them for tokens");
        }
        if (words.getFirst().indexOf(':') < 0
                || !ROLES.contains(words.getFirst().replaceFirst(":.*", ""))) {
            throw new IllegalArgumentException(
                    "a caller is ROLE:ID, with one of the roles " + String.join(", ", ROLES) + HINT);
        }
        if (!SCOPES.containsAll(List.of(scope.split(" ")))) {
            throw new IllegalArgumentException(
                    "--scope takes one or several of " + String.join(", ", SCOPES) + ", with a space between" + HINT);
        }
        Callers callers = Callers.byTokens(addresses.providerUrl(), layout.callerKeys(), scope);
        try {
            return words.size() == WITH_REQUEST
                    ? headers(callers, words.get(0), words.get(1), words.get(2))
                    : token(callers, words.getFirst());
        } catch (ConnectException e) {
            throw new StartFailedException(
                    "the identity provider does not answer at " + addresses.providerUrl()
                            + "\nHINT: ./dev logs provider says why; ./dev down and ./dev up start it again",
                    e);
        }
    }

    private int headers(Callers callers, String caller, String method, String url)
            throws IOException, InterruptedException {
        if (!method.matches("[A-Za-z]+") || !url.matches("https?://[!-~]+")) {
            throw new IllegalArgumentException(
                    "behind ROLE:ID stand METHOD and URL, such as GET " + addresses.queryUrl() + "/v1/notices" + HINT);
        }
        new TreeMap<>(callers.headers(caller, method.toUpperCase(Locale.ROOT), URI.create(url)))
                .forEach((name, value) -> out.println(name + ": " + value));
        return 0;
    }

    private int token(Callers callers, String caller) throws IOException, InterruptedException {
        String url = addresses.queryUrl() + "/v1/consultations";
        out.println(callers.token(caller));
        out.println();
        out.println(
                "It is bound to a key, so each request needs a proof of its own (RFC 9449). With both, as headers:");
        out.println();
        out.printf("  curl -s %s -H @<(./dev token %s POST %s) \\%n", url, caller, url);
        out.println("    -H 'X-Purpose: job-matching' -H 'X-Case: 2026-17' -H 'X-End-User: clerk-7' \\");
        out.println("    -H 'Content-Type: application/json' -d '{\"insz\":\"83691783508\"}'");
        return 0;
    }
}
