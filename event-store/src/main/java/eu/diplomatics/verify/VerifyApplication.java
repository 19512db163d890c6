package eu.diplomatics.verify;

import eu.diplomatics.timestamp.TimeStamps;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The command {@code verify}: reads files, prints what was checked, never uses the network. */
public final class VerifyApplication {
    private static final int NOT_VERIFIED = 1;
    private static final int USAGE = 64;
    private static final int NO_INPUT = 66;
    private static final long MAX_BYTES = 1024 * 1024;
    private static final String WITNESS = "--witness-key";
    private static final String RESUMPTION = "--resumption";
    private static final Set<String> OPTIONS = Set.of(
            "--receipt",
            "--receipt-keys",
            "--proof",
            "--log-key",
            WITNESS,
            "--witnesses",
            "--checkpoint",
            "--consistency",
            RESUMPTION,
            "--time-stamp-certificate");
    private static final String HELP = """
            usage: verify --receipt FILE --receipt-keys FILE --proof FILE --log-key KEY [OPTIONS]

            Says whether the registry kept the promise of a receipt: that it stands in the log, which was
            signed and only grew. Needs these files and nothing else; no network.

              --receipt FILE        the receipt, as the registry answered it
              --receipt-keys FILE   the registry's receipt keys: GET /v1/receipt-keys
              --proof FILE          what goes with the receipt: GET /v1/receipts/POSITION/proof
              --log-key KEY         the log's verifier key, or a file with it, or with all of them, one a line,
                                    where it was replaced: GET /v1/log/key
              --witness-key KEY     a witness's verifier key, or a file with it; from the controller, never
                                    from the registry; may be given several times
              --witnesses N         how many of them have to have cosigned (default: all that are given)
              --checkpoint FILE     a checkpoint you kept, or got from somebody else: that it is the same log
              --consistency FILE    the proof between the two: GET /v1/log/proof/consistency?from=SIZE&to=SIZE

              --resumption FILE     the declaration that the log goes on after a loss: member statement of GET
                                    /v1/log/resumptions; may be given several times, in order; then KEY is the
                                    one you had before

              --time-stamp-certificate FILE   the time-stamp authority's certificate, or its issuer's (PEM): that the
                                    checkpoint was stamped; then the proof is GET …/proof?stamped=true

            Each line is a check: its name, OK or a code, and what it means. Exits with 0 when all are OK, 1
            when one is not, 64 when an option is wrong, 66 when a file cannot be read.
            """;

    private final PrintStream out;
    private final PrintStream err;

    VerifyApplication(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new VerifyApplication(System.out, System.err).run(args));
    }

    /** An option or a file that is not as it must be. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int exit;

        Refused(int exit, String message, String hint) {
            super(message + "\nHINT: " + hint);
            this.exit = exit;
        }
    }

    int run(String... args) {
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            out.print(HELP);
            return 0;
        }
        try {
            Options options = new Options(args);
            Verdict verdict = new Verdict();
            verify(options, verdict);
            verdict.lines().forEach(out::println);
            out.println(verdict.isOk() ? "RESULT: OK" : "RESULT: NOT VERIFIED");
            return verdict.isOk() ? 0 : NOT_VERIFIED;
        } catch (Refused e) {
            err.println("error: " + e.getMessage());
            return e.exit;
        }
    }

    private static void verify(Options options, Verdict verdict) {
        Verification verification = new Verification(options.log(), verdict);
        for (String statement : options.resumptions) {
            if (!verification.resumption(Options.read(Path.of(statement)).getBytes(StandardCharsets.UTF_8))) {
                return;
            }
        }
        Optional<Verification.Place> place =
                verification.receipt(options.text("--receipt"), options.text("--receipt-keys"));
        Optional<Verification.Proof> proof = verification.proof(options.text("--proof"));
        if (proof.isEmpty()) {
            return;
        }
        Optional<Verification.Tree> head =
                verification.checkpoint("checkpoint", proof.get().checkpoint());
        if (place.isPresent() && head.isPresent()) {
            verification.inclusion(place.get(), proof.get(), head.get());
        }
        if (options.has("--time-stamp-certificate") && head.isPresent()) {
            verification.timeStamp(proof.get(), options.authorities());
        }
        if (options.has("--checkpoint") && head.isPresent()) {
            Optional<Verification.Tree> other = verification.checkpoint(
                    "other", options.text("--checkpoint").getBytes(StandardCharsets.UTF_8));
            other.ifPresent(tree -> verification.consistency(
                    tree, head.get(), options.has("--consistency") ? options.text("--consistency") : ""));
        }
    }

    /** The command line. */
    private static final class Options {
        private final Map<String, String> values = new HashMap<>();
        private final List<String> witnesses = new ArrayList<>();
        private final List<String> resumptions = new ArrayList<>();

        Options(String... args) {
            for (int i = 0; i < args.length; i += 2) {
                if (!OPTIONS.contains(args[i])) {
                    throw new Refused(USAGE, "unknown option " + args[i], "verify --help");
                }
                if (i + 1 == args.length) {
                    throw new Refused(USAGE, args[i] + " takes a value", "verify --help");
                }
                if (args[i].equals(WITNESS)) {
                    witnesses.add(args[i + 1]);
                } else if (args[i].equals(RESUMPTION)) {
                    resumptions.add(args[i + 1]);
                } else if (values.put(args[i], args[i + 1]) != null) {
                    throw new Refused(USAGE, args[i] + " stands twice", "verify --help");
                }
            }
        }

        boolean has(String option) {
            return values.containsKey(option);
        }

        String text(String option) {
            return read(Path.of(value(option)));
        }

        Incarnations log() {
            List<VerifierKey> keys =
                    witnesses.stream().flatMap(given -> keys(given).stream()).toList();
            int quorum = keys.size();
            if (has("--witnesses")) {
                try {
                    quorum = Integer.parseInt(value("--witnesses"));
                } catch (NumberFormatException e) {
                    throw new Refused(USAGE, "--witnesses takes a number", "how many of them have to have cosigned");
                }
            }
            try {
                return new Incarnations(keys(value("--log-key")), keys, quorum);
            } catch (IllegalArgumentException e) {
                throw new Refused(USAGE, String.valueOf(e.getMessage()), "verify --help");
            }
        }

        TimeStamps authorities() {
            try {
                return TimeStamps.trusting(text("--time-stamp-certificate").getBytes(StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new Refused(
                        NO_INPUT,
                        "no certificate in " + value("--time-stamp-certificate"),
                        "it is a PEM file of the authority");
            }
        }

        private String value(String option) {
            @Nullable String value = values.get(option);
            if (value == null) {
                throw new Refused(USAGE, option + " is missing", "verify --help");
            }
            return value;
        }

        private static List<VerifierKey> keys(String textOrFile) {
            String text = textOrFile;
            if (!text.contains("+")) {
                text = read(Path.of(text)).strip();
            }
            try {
                List<VerifierKey> keys = text.lines().map(VerifierKey::parse).toList();
                return keys.isEmpty() ? List.of(VerifierKey.parse(text)) : keys;
            } catch (NoteException e) {
                throw new Refused(
                        NO_INPUT,
                        "no verifier key: " + e.reason(),
                        "it looks like name+1234abcd+base64, or is a file with that");
            }
        }

        private static String read(Path file) {
            try {
                if (Files.size(file) > MAX_BYTES) {
                    throw new Refused(NO_INPUT, file + " is larger than any of these files", "is it another one?");
                }
                return Files.readString(file);
            } catch (IOException | InvalidPathException e) {
                throw new Refused(NO_INPUT, "cannot read " + file, "is it there, and a text?");
            }
        }
    }
}
