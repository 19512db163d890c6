package eu.diplomatics.shipping;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;

/**
 * The controller's copy, part by part, in the
 * <a href="https://www.postgresql.org/docs/18/sql-copy.html#id-1.9.3.55.9.2">text format of COPY</a>: out of the database, or
 * out of files that were written of it before.
 */
public final class ShippedCopy {
    private final Source source;

    /** A table, in the order in which it is gone through. Times are microseconds since 1970. */
    public enum Part {
        CHECKPOINT("checkpoint.tsv", "SELECT size, note, frontier FROM shipped.checkpoint ORDER BY size"),
        COSIGNATURE("cosignature.tsv", "SELECT size, line FROM shipped.cosignature ORDER BY size, witness"),
        ACCESS("access.tsv", """
                SELECT position, entry, (extract(epoch FROM at) * 1000000)::bigint, leaf, sealed,
                    (extract(epoch FROM received_at) * 1000000)::bigint
                FROM shipped.access ORDER BY position""");

        private final String file;
        private final String query;

        Part(String file, String query) {
            this.file = file;
            this.query = query;
        }

        private String copy() {
            return "COPY (" + query + ") TO STDOUT";
        }
    }

    /** Opens a part. */
    private interface Source {
        InputStream open(Part part) throws SQLException, IOException;
    }

    /** Takes the fields of a line; null for one that is null. */
    interface Line {
        void read(@Nullable String[] fields);
    }

    private ShippedCopy(Source source) {
        this.source = source;
    }

    /** As {@code cl_reader}; checkpoints are read before the rows, so that none is newer than they are. */
    public static ShippedCopy in(Connection controller) {
        return new ShippedCopy(part -> new PGCopyInputStream(controller.unwrap(PGConnection.class), part.copy()));
    }

    /** In the files of a folder that {@link #write} filled. */
    public static ShippedCopy in(Path folder) {
        return new ShippedCopy(part -> Files.newInputStream(folder.resolve(part.file)));
    }

    /** Writes each part into a file of this folder, which has none of them yet. */
    public static void write(Connection controller, Path folder) throws SQLException, IOException {
        PGConnection connection = controller.unwrap(PGConnection.class);
        for (Part part : Part.values()) {
            try (OutputStream file = Files.newOutputStream(Files.createFile(folder.resolve(part.file)))) {
                connection.getCopyAPI().copyOut(part.copy(), file);
            }
        }
    }

    /** Every line of a part, in its order. */
    void each(Part part, Line line) throws SQLException, IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(source.open(part), StandardCharsets.UTF_8))) {
            for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                line.read(fields(next));
            }
        }
    }

    private static @Nullable String[] fields(String line) {
        List<@Nullable String> fields = new ArrayList<>();
        for (String field : line.split("\t", -1)) {
            fields.add(field.equals("\\N") ? null : unescaped(field));
        }
        return fields.toArray(new @Nullable String[0]);
    }

    private static String unescaped(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char each = field.charAt(i);
            if (each == '\\' && i + 1 < field.length()) {
                i++;
                each = switch (field.charAt(i)) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    default -> field.charAt(i);
                };
            }
            text.append(each);
        }
        return text.toString();
    }
}
