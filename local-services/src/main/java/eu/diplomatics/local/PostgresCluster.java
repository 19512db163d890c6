package eu.diplomatics.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;

/** A data directory, made beside its place and moved there as a whole: what was cut short never looks complete. */
final class PostgresCluster {
    private static final String UNFINISHED = ".partial";

    private PostgresCluster() {}

    static boolean exists(Path dataDirectory) {
        return Files.exists(dataDirectory.resolve("PG_VERSION"));
    }

    /** @param temporary need not survive a power cut */
    static void create(
            PostgresBinaries binaries, Path dataDirectory, Path outputFile, Login superuser, boolean temporary)
            throws IOException {
        Path parent = Objects.requireNonNull(dataDirectory.getParent());
        String prefix = dataDirectory.getFileName() + UNFINISHED;
        deleteUnfinished(parent, prefix);
        Path work = Files.createTempDirectory(parent, prefix);
        try {
            Path made = work.resolve("data");
            initdb(binaries, made, work.resolve("password"), outputFile, superuser, temporary);
            Files.writeString(
                    made.resolve("pg_hba.conf"),
                    "host all all 127.0.0.1/32 scram-sha-256\n",
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.SYNC);
            Files.move(made, dataDirectory, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            PostgresBinaries.delete(work);
        }
        Files.deleteIfExists(outputFile);
    }

    private static void initdb(
            PostgresBinaries binaries,
            Path made,
            Path passwordFile,
            Path outputFile,
            Login superuser,
            boolean temporary)
            throws IOException {
        Files.createFile(
                passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, superuser.password());
        List<String> command = binaries.command(
                "initdb",
                "-D",
                made.toString(),
                "-U",
                superuser.username(),
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C");
        if (temporary) {
            command.add("--no-sync");
        }
        Process initdb = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(outputFile.toFile())
                .start();
        if (initdb.onExit().join().exitValue() != 0) {
            throw new IOException("initdb failed: " + Files.readString(outputFile));
        }
    }

    private static void deleteUnfinished(Path parent, String prefix) throws IOException {
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent)) {
            for (Path sibling : siblings) {
                if (sibling.getFileName().toString().startsWith(prefix)) {
                    try {
                        PostgresBinaries.delete(sibling);
                    } catch (UncheckedIOException e) {
                        // an initdb that outlived its starter still writes: the next time finds it
                    }
                }
            }
        }
    }
}
