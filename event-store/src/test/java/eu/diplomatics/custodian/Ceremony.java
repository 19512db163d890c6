package eu.diplomatics.custodian;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the custodian's people do at their tokens and at their command line, in this JVM. */
public final class Ceremony {
    private Ceremony() {}

    /**
     * What a command printed.
     *
     * @param status the exit status
     */
    public record Typed(int status, String out, String err) {}

    /** The custodian's command line, as a person types it. */
    public static Typed type(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = CustodianApplication.run(
                List.of(words),
                Map.of(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Typed(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The parts, of two people, of index keys that several sites share. */
    public static List<Path> components(Path directory) {
        return Stream.of("component-a", "component-b")
                .map(directory::resolve)
                .peek(KeyComponents::make)
                .toList();
    }

    /** Makes the keys of a site, the index keys from their parts. */
    public static void initialise(CustodianConfiguration configuration, List<Path> components) {
        try (KeyComponents parts = KeyComponents.combine(components)) {
            CustodianServer.initialise(configuration, Map.of(), parts);
        }
    }

    /** The next version of the index key that holders are found by; its label. */
    public static String newHolderIndex(CustodianConfiguration configuration) {
        return next(configuration, KeyLabels.HOLDER_INDEX);
    }

    /** The next version of the index key that rows of the access log are found by; its label. */
    public static String newAccessLogIndex(CustodianConfiguration configuration) {
        return next(configuration, KeyLabels.ACCESS_LOG_INDEX);
    }

    private static String next(CustodianConfiguration configuration, String name) {
        try (Token token = CustodianServer.openToken(configuration, Map.of())) {
            String label = KeyLabels.of(name, KeyLabels.latest(token.labels(), name) + 1);
            token.create(label, Token.KeyKind.DIGEST);
            return label;
        }
    }
}
