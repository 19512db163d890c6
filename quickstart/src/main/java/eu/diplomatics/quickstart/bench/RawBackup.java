package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.LocalPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** What PostgreSQL and the disk take for the same data without us. All give seconds. */
final class RawBackup {
    private static final int BUFFER = 1 << 20;
    private static final List<Table> TABLES = List.of(
            new Table(Database.EVENTSTORE, "eventstore.event"),
            new Table(Database.EVENTSTORE, "eventstore.ciphertext_1"),
            new Table(Database.EVENTSTORE, "eventstore.event_tag"),
            new Table(Database.KEYRING, "keyring.data_key"),
            new Table(Database.KEYRING, "keyring.holder_claim"));

    private RawBackup() {}

    private record Table(Database database, String name) {
        Path file(Path directory) {
            return directory.resolve("raw-" + name);
        }
    }

    /** The cluster's files as they are, durable, between the start and the stop of a backup. */
    static double copyFiles(LocalPostgres postgres, Path directory) throws Exception {
        Path target = directory.resolve("raw-files");
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            long start = System.nanoTime();
            statement.execute("SELECT pg_backup_start('bench', true)");
            copy(postgres.dataDirectory(), target);
            statement.execute("SELECT pg_backup_stop(false)");
            return (System.nanoTime() - start) / 1e9;
        } finally {
            forget(target);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copied = to.resolve(from.relativize(file).toString());
                try {
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(copied);
                    } else if (Files.isRegularFile(file)) {
                        Files.copy(file, copied);
                        force(copied);
                    }
                } catch (NoSuchFileException gone) {
                    // a running cluster removes files of its own
                }
            }
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** The rows of the large tables by binary COPY into files, durable. */
    static double copyRows(LocalPostgres postgres, Path directory) throws Exception {
        long start = System.nanoTime();
        for (Table table : TABLES) {
            try (Connection connection = postgres.connect(table.database().databaseName());
                    OutputStream out = Files.newOutputStream(table.file(directory))) {
                copies(connection).copyOut("COPY " + table.name() + " TO STDOUT (FORMAT binary)", out);
            }
            force(table.file(directory));
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Those files by binary COPY into tables with the same columns and indexes. */
    static double loadRows(LocalPostgres postgres, Path directory) throws Exception {
        long nanos = 0;
        for (Table table : TABLES) {
            try (Connection connection = postgres.connect(table.database().databaseName());
                    Statement statement = connection.createStatement();
                    InputStream in = Files.newInputStream(table.file(directory))) {
                statement.execute("CREATE TABLE public.raw (LIKE " + table.name() + " INCLUDING ALL)");
                long start = System.nanoTime();
                copies(connection).copyIn("COPY public.raw FROM STDIN (FORMAT binary)", in, BUFFER);
                nanos += System.nanoTime() - start;
                statement.execute("DROP TABLE public.raw");
            }
        }
        return nanos / 1e9;
    }

    /** Every byte below the folder, read and hashed as {@code verify --keyless} has to. */
    static double hash(Path directory) throws Exception {
        long start = System.nanoTime();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (InputStream in =
                        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    static void forget(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static CopyManager copies(Connection connection) throws Exception {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }
}
