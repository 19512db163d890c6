package eu.diplomatics.custodian;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of an audit log: one a day, in the order of their names. */
final class AuditFiles {
    private static final Pattern NAME = Pattern.compile("sealed-\\d{4}-\\d{2}-\\d{2}\\.jsonl");

    private AuditFiles() {}

    static Path of(Path directory, String day) {
        return directory.resolve("sealed-" + day + ".jsonl");
    }

    /** Where the last signed head stands once more, so that a cut behind an earlier one is seen. */
    static Path head(Path directory) {
        return directory.resolve("state").resolve("head.json");
    }

    static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    interface Visitor {
        /** @param complete whether it ends with a line feed; only the last one may not */
        void line(int number, String text, boolean complete);
    }

    /** Byte for byte: a carriage return or another encoding is part of the text. */
    static void lines(Path file, Visitor visitor) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream(512);
            int number = 1;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    visitor.line(number++, line.toString(StandardCharsets.UTF_8), true);
                    line.reset();
                } else {
                    line.write(b);
                }
            }
            if (line.size() > 0) {
                visitor.line(number, line.toString(StandardCharsets.UTF_8), false);
            }
        }
    }
}
