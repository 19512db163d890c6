package eu.diplomatics.backup.portable;

import eu.diplomatics.backup.portable.PortableException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A bag (BagIt 1.0, RFC 8493) in a folder: SHA-256 of every file, and a signature over the hashes of all of them. */
public final class Bag {
    public static final String PAYLOAD = "manifest-sha256.txt";
    public static final String TAGS = "tagmanifest-sha256.txt";
    public static final String SIGNATURE = "tagmanifest-sha256.txt.sig";
    private static final String DECLARATION = "bagit.txt";
    private static final String DECLARED = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  ([^\r\n]{1,300})");
    /** No name that begins with a dot, so none leads out of the folder; nothing that a file system takes for something else. */
    private static final Pattern NAME =
            Pattern.compile("([a-z0-9][a-z0-9-]*(\\.[a-z0-9-]+)*/){0,4}[a-z0-9][a-z0-9-]*(\\.[a-z0-9-]+)*");

    private static final long LARGEST_MANIFEST = 64L << 20;

    private final Path folder;
    private final SortedMap<String, String> payload;

    private Bag(Path folder, SortedMap<String, String> payload) {
        this.folder = folder;
        this.payload = payload;
    }

    /** By name, SHA-256 of each file under {@code data/}. */
    public SortedMap<String, String> payload() {
        return payload;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Whether the folder holds a bag that was finished. */
    public static boolean isWhole(Path folder) {
        return Files.exists(folder.resolve(SIGNATURE));
    }

    /**
     * Writes what makes a bag of the files that are there, the signature last.
     *
     * @param payload by name, the SHA-256 of each file under {@code data/}
     * @param tags names of the other files that the bag is to have
     * @param info lines of {@code bag-info.txt}
     */
    public static void finish(
            Path folder,
            SortedMap<String, String> payload,
            List<String> tags,
            Map<String, String> info,
            Path signingKey)
            throws IOException {
        write(folder, DECLARATION, DECLARED.getBytes(StandardCharsets.UTF_8));
        StringBuilder lines = new StringBuilder();
        info.forEach(
                (name, value) -> lines.append(name).append(": ").append(value).append('\n'));
        write(folder, "bag-info.txt", lines.toString().getBytes(StandardCharsets.UTF_8));
        write(folder, PAYLOAD, manifest(payload));
        SortedMap<String, String> all = new TreeMap<>();
        for (String tag : Stream.concat(tags.stream(), Stream.of(DECLARATION, "bag-info.txt", PAYLOAD))
                .toList()) {
            all.put(tag, Sha256.of(folder.resolve(tag)));
        }
        byte[] manifest = manifest(all);
        write(folder, TAGS, manifest);
        write(folder, SIGNATURE, BagSignature.sign(signingKey, manifest));
    }

    /** Durable and whole, or as it was before. */
    public static void write(Path folder, String name, byte[] content) throws IOException {
        Path part = folder.resolve(name + ".part");
        Files.createDirectories(part.toAbsolutePath().getParent());
        try (var channel = Files.newByteChannel(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
        Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] manifest(SortedMap<String, String> hashes) {
        StringBuilder lines = new StringBuilder();
        hashes.forEach(
                (name, hash) -> lines.append(hash).append("  ").append(name).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads every byte: signed by a key that is believed, every file there and as it was, and no other.
     *
     * @param believed public keys, X.509 encoding
     * @throws PortableException when anything is not as it has to be
     */
    public static Bag verified(Path folder, List<byte[]> believed) throws IOException, PortableException {
        byte[] tags = small(folder, TAGS);
        if (!BagSignature.isBelieved(believed, tags, small(folder, SIGNATURE))) {
            throw broken("the bag is not signed by a key that is believed");
        }
        SortedMap<String, String> tagged = parse(tags);
        if (!tagged.keySet().containsAll(List.of(DECLARATION, PAYLOAD))
                || tagged.keySet().stream().anyMatch(name -> name.startsWith("data/"))) {
            throw broken("the tag manifest does not name what a bag has");
        }
        check(folder, tagged);
        if (!new String(small(folder, DECLARATION), StandardCharsets.UTF_8).equals(DECLARED)) {
            throw broken("bagit.txt is of another version");
        }
        SortedMap<String, String> payload = parse(small(folder, PAYLOAD));
        if (payload.keySet().stream().anyMatch(name -> !name.startsWith("data/"))) {
            throw broken("the payload manifest names a file outside data/");
        }
        refuseStrangers(folder, tagged, payload);
        check(folder, payload);
        return new Bag(folder, payload);
    }

    private static void refuseStrangers(Path folder, Map<String, String> tagged, Map<String, String> payload)
            throws IOException, PortableException {
        try (Stream<Path> walked = Files.walk(folder)) {
            for (Path each : walked.toList()) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                String name = folder.relativize(each).toString().replace('\\', '/');
                if (!Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)
                        || !tagged.containsKey(name)
                                && !payload.containsKey(name)
                                && !name.equals(TAGS)
                                && !name.equals(SIGNATURE)) {
                    throw broken("a file that no manifest names, or a link");
                }
            }
        }
    }

    private static SortedMap<String, String> parse(byte[] manifest) throws PortableException {
        SortedMap<String, String> hashes = new TreeMap<>();
        for (String line : new String(manifest, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches() || !NAME.matcher(matcher.group(2)).matches()) {
                throw broken("a manifest with a line or name that no export writes");
            }
            if (hashes.put(matcher.group(2), matcher.group(1)) != null) {
                throw broken("a manifest names a file twice");
            }
        }
        return hashes;
    }

    private static void check(Path folder, Map<String, String> hashes) throws IOException, PortableException {
        for (Map.Entry<String, String> each : hashes.entrySet()) {
            Path file = folder.resolve(each.getKey());
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw broken("missing: " + each.getKey());
            }
            if (!Sha256.of(file).equals(each.getValue())) {
                throw broken("changed: " + each.getKey());
            }
        }
    }

    private static byte[] small(Path folder, String name) throws IOException, PortableException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LARGEST_MANIFEST) {
            throw broken("missing: " + name);
        }
        return Files.readAllBytes(file);
    }

    private static PortableException broken(String what) {
        return new PortableException(Code.BAG_BROKEN, what);
    }
}
