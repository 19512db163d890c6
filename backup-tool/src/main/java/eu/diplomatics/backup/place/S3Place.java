package eu.diplomatics.backup.place;

import eu.diplomatics.backup.place.S3Client.Answer;
import eu.diplomatics.backup.place.S3Client.Body;
import eu.diplomatics.backup.place.S3Client.Question;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A bucket. Servers differ in what they make of checksums, conditions and versions, so none is believed: what was put is
 * read back, hashed and looked for in the listing, and what was removed is looked for in all its versions.
 */
public final class S3Place implements Place {
    /** A copy that cannot be removed for longer would outlive the keys it stands under (R17). */
    static final Duration LONGEST_LOCK = Duration.ofDays(3);

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int EXISTS = 412;
    private static final long MOST_ERROR_BYTES = 1 << 20;

    private final S3Settings settings;
    private final InstantSource clock;
    private final S3Client client;
    private final S3Listing listing;
    /** Some servers answer that they do not know the condition. */
    private boolean conditional = true;

    /** Does not ask the server yet. */
    public S3Place(S3Settings settings, InstantSource clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.client = new S3Client(settings, clock);
        this.listing = new S3Listing(client, client.name());
    }

    @Override
    public String name() {
        return client.name();
    }

    @Override
    public Path spool() throws IOException {
        Files.createDirectories(
                settings.spool(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return settings.spool();
    }

    /** Also what only older versions hold, with no bytes: it is not gone. */
    @Override
    public List<PlacedObject> list(String prefix) throws IOException {
        SortedMap<String, Long> found = new TreeMap<>();
        for (S3Listing.Entry each : listing.of(settings.prefix() + prefix)) {
            String name = each.key().substring(settings.prefix().length());
            found.merge(name, each.latest() ? each.bytes() : 0, Long::sum);
        }
        return found.entrySet().stream()
                .map(each -> new PlacedObject(each.getKey(), each.getValue()))
                .toList();
    }

    @Override
    public InputStream open(String name) throws IOException {
        return S3Input.open(client, name, key(name));
    }

    @Override
    public void put(String name, Path file, byte[] sha256) throws IOException {
        String key = key(name);
        if (isThere(name)) {
            throw new FileAlreadyExistsException(name);
        }
        long bytes = Files.size(file);
        Body body = body(sha256, bytes, () -> BodyPublishers.ofFile(file));
        Answer answer = send(key, body, conditional, sha256);
        if (conditional && S3Refusal.notOffered(answer)) {
            conditional = false;
            answer = send(key, body, false, sha256);
        }
        // an attempt whose answer was lost may have put it: reading it back tells
        if (answer.status() == EXISTS && answer.attempts() == 1) {
            throw new FileAlreadyExistsException(name);
        }
        if (answer.status() != EXISTS && answer.status() != OK) {
            throw S3Refusal.of(name(), "take " + name, answer);
        }
        confirm(name, sha256, bytes);
        Files.deleteIfExists(file);
    }

    /** @param checksum that the server is to compare */
    Answer send(String key, Body body, boolean onlyNew, byte[] checksum) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        headers.put("x-amz-checksum-sha256", Base64.getEncoder().encodeToString(checksum));
        if (onlyNew) {
            headers.put("if-none-match", "*");
        }
        return client.ask(new Question("PUT", key, Map.of(), headers, body, MOST_ERROR_BYTES));
    }

    private void confirm(String name, byte[] sha256, long bytes) throws IOException {
        MessageDigest digest = SigV4.sha256();
        try (InputStream in = new DigestInputStream(open(name), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (NoSuchFileException e) {
            throw new PlaceException(name() + " lost what it had accepted: " + name);
        }
        if (!MessageDigest.isEqual(digest.digest(), sha256)) {
            throw new PlaceException(name() + " does not give back what it was given: " + name);
        }
        if (!list(name).contains(new PlacedObject(name, bytes))) {
            throw new PlaceException(name() + " does not list what it was given: " + name);
        }
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        String key = key(name);
        byte[] sha256 = SigV4.sha256().digest(content);
        Answer answer =
                send(key, body(sha256, content.length, () -> BodyPublishers.ofByteArray(content)), false, sha256);
        if (answer.status() != OK) {
            throw S3Refusal.of(name(), "take " + name, answer);
        }
        confirm(name, sha256, content.length);
        for (S3Listing.Entry each : versions(key)) {
            if (!each.latest()) {
                remove(name, each);
            }
        }
    }

    @Override
    public void delete(String name) throws IOException {
        List<String> parts = new ArrayList<>(Arrays.asList(name.split("/", -1)));
        if (parts.size() > 1 && parts.getLast().isEmpty()) {
            parts.removeLast(); // a folder, as some tools make them
        }
        if (parts.stream().anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))) {
            throw new IllegalArgumentException("no name of an object");
        }
        String key = settings.prefix() + name;
        boolean locked = false;
        for (S3Listing.Entry each : versions(key)) {
            locked |= !remove(name, each);
        }
        if (locked) {
            return; // its lock ends within three days; until then it is listed, and tried again
        }
        if (isThere(name) || !versions(key).isEmpty()) {
            throw new PlaceException(
                    name() + " keeps what it was told to remove: " + name,
                    "nothing else may keep versions of this bucket, or lock them; remove it by hand and see that it is gone");
        }
    }

    /** Whether it is gone; it is not where the server holds it under a lock that ends soon. */
    private boolean remove(String name, S3Listing.Entry version) throws IOException {
        Map<String, String> query = version.versionId().isEmpty() ? Map.of() : Map.of("versionId", version.versionId());
        Answer answer = ask("DELETE", version.key(), query);
        if (answer.status() == FORBIDDEN) {
            Optional<Instant> end = lockedUntil(version, query);
            if (end.isPresent() && end.get().isAfter(clock.instant().plus(LONGEST_LOCK))) {
                throw new PlaceException(
                        name() + " locks " + name + " for more than three days",
                        "a copy has to be gone three days after its key was replaced (R17): shorten the lock");
            }
            if (end.isPresent()) {
                return false;
            }
        }
        if (answer.status() != NO_CONTENT && answer.status() != OK && answer.status() != NOT_FOUND) {
            throw S3Refusal.of(name(), "remove " + name, answer);
        }
        return true;
    }

    private Optional<Instant> lockedUntil(S3Listing.Entry version, Map<String, String> query) throws IOException {
        String until = ask("HEAD", version.key(), query).header("x-amz-object-lock-retain-until-date");
        try {
            return until.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(until));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Of one object. */
    List<S3Listing.Entry> versions(String key) throws IOException {
        return listing.of(key).stream().filter(each -> each.key().equals(key)).toList();
    }

    boolean isThere(String name) throws IOException {
        Answer answer = ask("HEAD", settings.prefix() + name, Map.of());
        if (answer.status() != OK && answer.status() != NOT_FOUND) {
            throw S3Refusal.of(name(), "tell whether it has " + name, answer);
        }
        return answer.status() == OK;
    }

    Answer ask(String method, String key, Map<String, String> query) throws IOException {
        return client.ask(new Question(method, key, query, Map.of(), Body.NONE, MOST_ERROR_BYTES));
    }

    @Override
    public SortedMap<String, String> probe() throws IOException {
        return new S3Probe(this).probe();
    }

    String key(String name) {
        return settings.prefix() + ObjectNames.check(name);
    }

    @FunctionalInterface
    interface Publishing {
        BodyPublisher publisher() throws IOException;
    }

    static Body body(byte[] sha256, long bytes, Publishing publishing) {
        return new Body() {
            @Override
            public BodyPublisher publisher() throws IOException {
                return publishing.publisher();
            }

            @Override
            public String sha256() {
                return SigV4.hex(sha256);
            }

            @Override
            public long bytes() {
                return bytes;
            }
        };
    }

    @Override
    public void close() {
        client.close();
    }
}
