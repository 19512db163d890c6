package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Layout;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** {@code ./dev token}: what an integrator needs to call as one of the sample systems and people. */
final class TokenCommand {
    private static final int WITH_REQUEST = 3;

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
            throw new IllegalArgumentException("token takes ROLE:ID, or ROLE:ID METHOD URL");
        }
        if (!addresses.tokens()) {
            throw new IllegalArgumentException(
                    "this registry takes callers at their word; ./dev up --callers tokens asks them for tokens");
        }
        Callers callers = Callers.byTokens(addresses.providerUrl(), layout.callerKeys(), scope);
        if (words.size() == WITH_REQUEST) {
            new TreeMap<>(callers.headers(
                            words.get(0), words.get(1).toUpperCase(Locale.ROOT), URI.create(words.get(2))))
                    .forEach((name, value) -> out.println(name + ": " + value));
            return 0;
        }
        String url = addresses.queryUrl() + "/v1/consultations";
        out.println(callers.token(words.getFirst()));
        out.println();
        out.println(
                "It is bound to a key, so each request needs a proof of its own (RFC 9449). With both, as headers:");
        out.println();
        out.printf("  curl -s %s -H @<(./dev token %s POST %s) \\%n", url, words.getFirst(), url);
        out.println("    -H 'X-Purpose: job-matching' -H 'X-Case: 2026-17' -H 'X-End-User: clerk-7' \\");
        out.println("    -H 'Content-Type: application/json' -d '{\"insz\":\"83691783508\"}'");
        return 0;
    }
}
