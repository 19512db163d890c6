package eu.diplomatics.backup.generation;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import eu.diplomatics.backup.generation.Manifest.Bundled;
import eu.diplomatics.backup.place.Place;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Puts the environment into a generation: each file compressed (zstd), what is the same in several of them once. */
final class EnvironmentWriter {
    /** Most of it are archives that are compressed already. */
    private static final int LEVEL = 1;

    private final Place place;
    private final GenerationId id;
    private final Set<String> written = new HashSet<>();

    EnvironmentWriter(Place place, GenerationId id) {
        this.place = place;
        this.id = id;
    }

    List<Bundled> write(List<EnvironmentFiles.File> files) throws IOException {
        List<Bundled> bundled = new ArrayList<>();
        for (EnvironmentFiles.File file : files) {
            bundled.add(write(file));
        }
        return List.copyOf(bundled);
    }

    private Bundled write(EnvironmentFiles.File file) throws IOException {
        Path spooled = place.spool().resolve(UUID.randomUUID() + ".zst");
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long size;
            try (InputStream in = file.content().open();
                    ZstdOutputStreamNoFinalizer out = new ZstdOutputStreamNoFinalizer(
                            new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(spooled)), digest),
                            LEVEL)) {
                size = in.transferTo(out);
            }
            long bytes = Files.size(spooled);
            byte[] hash = digest.digest();
            String name = HexFormat.of().formatHex(hash);
            if (written.add(name)) {
                place.put(GenerationStore.environmentName(id, name), spooled, hash);
            }
            return new Bundled(file.path(), file.executable(), size, name, bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } finally {
            Files.deleteIfExists(spooled);
        }
    }
}
