package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The end of a log for people: the warnings and errors of a structured one, the last lines of any other. */
final class LogTail {
    private static final int LINES_READ = 60;
    private static final int LINES_SHOWN = 8;
    private static final int WIDTH = 600;

    private LogTail() {}

    static String of(Path log) {
        if (!Files.exists(log)) {
            return "";
        }
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            List<String> last = last(all, LINES_READ).stream()
                    .map(LogTail::readable)
                    .filter(line -> !line.isBlank())
                    .toList();
            return last(last, LINES_SHOWN).stream().map(line -> "    " + line).collect(Collectors.joining("\n"));
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    /** As the end of a message about what failed, with the file's name. */
    static String introduced(Path log) {
        String tail = of(log);
        return tail.isEmpty() ? "; see " + log : "; its log (" + log + ") ends:\n" + tail;
    }

    private static List<String> last(List<String> lines, int count) {
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    private static String readable(String line) {
        if (!line.startsWith("{")) {
            return line;
        }
        try {
            JsonNode entry = JsonMapper.shared().readTree(line);
            String level = entry.path("log").path("level").asString("");
            if (level.equals("INFO") || level.equals("DEBUG")) {
                return "";
            }
            String cause = entry.path("error").path("message").asString("");
            return level + " " + entry.path("message").asString("") + (cause.isEmpty() ? "" : ": " + end(cause));
        } catch (JacksonException e) {
            return line;
        }
    }

    /** A chain of causes says at its end what went wrong. */
    private static String end(String text) {
        return text.length() <= WIDTH ? text : "… " + text.substring(text.length() - WIDTH);
    }
}
