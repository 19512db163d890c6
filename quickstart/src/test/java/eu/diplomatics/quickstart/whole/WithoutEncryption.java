package eu.diplomatics.quickstart.whole;

import eu.diplomatics.quickstart.stack.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Takes the cipher out of an installation, so that a test can show that it would have noticed. */
final class WithoutEncryption {
    private static final String CIPHER = "eu/diplomatics/envelope/ChunkCipher.class";

    private WithoutEncryption() {}

    static void patch(Layout layout, Path work) throws IOException {
        for (String application : List.of("registry-service", "query-service")) {
            Path jar = eventStoreJar(layout.home().resolve("app").resolve(application));
            // a copy of its own: the original is linked to the build's output
            Path copy = Files.copy(jar, jar.resolveSibling("patched.tmp"));
            Files.move(copy, jar, StandardCopyOption.REPLACE_EXISTING);
            Path compiled = compile(jar, Files.createDirectories(work.resolve(application)));
            try (FileSystem inside = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), java.util.Map.of())) {
                Files.copy(compiled, inside.getPath(CIPHER), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path eventStoreJar(Path application) throws IOException {
        try (Stream<Path> jars = Files.list(application)) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("event-store-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path compile(Path jar, Path work) throws IOException {
        Path source = work.resolve("ChunkCipher.java");
        try (InputStream text = WithoutEncryption.class.getResourceAsStream("/no-encryption-ChunkCipher.java.txt")) {
            if (text == null) {
                throw new IOException("the source of the stand-in is missing");
            }
            Files.writeString(source, new String(text.readAllBytes(), StandardCharsets.UTF_8));
        }
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", jar.toString(), "-proc:none", "-d", work.toString(), source.toString());
        if (result != 0) {
            throw new IOException("the stand-in does not compile");
        }
        return work.resolve(CIPHER);
    }
}
