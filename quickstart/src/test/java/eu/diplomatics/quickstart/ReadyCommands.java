package eu.diplomatics.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The requests that {@code ./dev up} prints when all is ready, pasted into a shell as somebody does who tries them. */
final class ReadyCommands {
    private static final Pattern STEPS =
            Pattern.compile("\n  1\\. Consult [^\n]*\n(.*?)\n  2\\. Register [^\n]*\n(.*?)\n  3\\. ", Pattern.DOTALL);

    private ReadyCommands() {}

    /** To consult, and to register. */
    static List<String> in(String said) {
        Matcher steps = STEPS.matcher(said);
        return steps.find() ? List.of(steps.group(1), steps.group(2)) : List.of();
    }

    /** What such a command says, errors too. */
    static String paste(Path folder, String command) throws IOException {
        Process shell = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
