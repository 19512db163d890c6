package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.DrillReport.Tool;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Programs of the system that know nothing of ours, where they are installed: what they find does not hang on our code. */
public final class OtherPrograms {
    private static final String SHA256SUM = "sha256sum";
    private static final String OPENSSL = "openssl";
    private static final int MOST_SAID = 1 << 16;

    private OtherPrograms() {}

    /** @param missing of those that would have been asked */
    public record Looked(List<Tool> tools, List<String> missing) {}

    /** @param said what stood on its standard output and error */
    public record Said(int status, String said) {}

    /** Hashes of all segments by one, the signature of the manifest by the other. */
    static Looked look(GenerationStore store, GenerationId id, GenerationStore.Signed signed) throws IOException {
        List<Tool> tools = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        if (isInstalled(SHA256SUM)) {
            tools.add(hashes(store, id, signed.manifest()));
        } else {
            missing.add(SHA256SUM);
        }
        if (isInstalled(OPENSSL)) {
            tools.add(signature(store.keys(), signed.text()));
        } else {
            missing.add(OPENSSL);
        }
        return new Looked(tools, missing);
    }

    private static Tool hashes(GenerationStore store, GenerationId id, Manifest manifest) throws IOException {
        long same = 0;
        long all = 0;
        for (Manifest.Source source : manifest.sources()) {
            for (Manifest.Table table : source.tables()) {
                for (Manifest.Segment segment : table.segments()) {
                    all++;
                    try (InputStream in =
                            store.place().open(GenerationStore.segmentName(id, source.part(), segment.sha256()))) {
                        Said said = run(null, in, SHA256SUM);
                        same += said.status() == 0 && said.said().startsWith(segment.sha256() + " ") ? 1 : 0;
                    }
                }
            }
        }
        return new Tool(SHA256SUM, version(SHA256SUM, "--version"), same + " of " + all + " segments", same == all);
    }

    private static Tool signature(ManifestKeys keys, SignedText text) throws IOException {
        Path folder = Files.createTempDirectory("signature");
        try {
            Path key = folder.resolve("key.pem");
            Path message = folder.resolve("message");
            Path signature = folder.resolve("signature");
            Files.write(message, SignedText.message(Manifest.TYPE, text.statement()));
            Files.write(signature, text.signature());
            boolean believed = false;
            for (byte[] each : keys.publicKeys()) {
                Files.writeString(
                        key,
                        "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(each)
                                + "\n-----END PUBLIC KEY-----\n");
                believed |= run(
                                        folder,
                                        null,
                                        OPENSSL,
                                        "pkeyutl",
                                        "-verify",
                                        "-pubin",
                                        "-inkey",
                                        "key.pem",
                                        "-rawin",
                                        "-in",
                                        "message",
                                        "-sigfile",
                                        "signature")
                                .status()
                        == 0;
            }
            return new Tool(OPENSSL, version(OPENSSL, "version"), "signature of the manifest (Ed25519)", believed);
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /** Whether the search path has it. */
    public static boolean isInstalled(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** The first line of what it says about itself. */
    public static String version(String program, String option) throws IOException {
        return run(null, null, program, option).said().lines().findFirst().orElse("");
    }

    /**
     * Runs a program to its end.
     *
     * @param folder where it is begun; this process's own when left out
     * @param in what it reads
     */
    public static Said run(@Nullable Path folder, @Nullable InputStream in, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        Process process = builder.start();
        try (InputStream said = process.getInputStream()) {
            try (OutputStream out = process.getOutputStream()) {
                if (in != null) {
                    in.transferTo(out);
                }
            }
            String text = new String(said.readNBytes(MOST_SAID), StandardCharsets.UTF_8);
            said.transferTo(OutputStream.nullOutputStream());
            return new Said(process.waitFor(), text);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command[0] + " ran", e);
        }
    }
}
