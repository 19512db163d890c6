package eu.diplomatics.backup.place;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatExtensionInfo;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatPathExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/**
 * A folder of another machine by SFTP (draft-ietf-secsh-filexfer-02, with OpenSSH's extensions: its file PROTOCOL). A file
 * is written beside its place, made durable where the server offers that, renamed, read back and hashed.
 */
public final class SftpPlace implements Place {
    private static final int ATTEMPTS = 3;
    private static final int BUFFER_BYTES = 32_000;
    /** What has to be free beside what is put. */
    private static final long RESERVE_BYTES = 16 << 20;

    private static final Duration LONGEST_PUT = Duration.ofHours(1);

    private final SftpSettings settings;
    private final SftpConnection connection;

    /** Does not ask the server yet. */
    public SftpPlace(SftpSettings settings) throws IOException {
        this.settings = settings;
        this.connection = new SftpConnection(settings);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public Path spool() throws IOException {
        Files.createDirectories(
                settings.spool(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return settings.spool();
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(SftpClient sftp, int attempt) throws IOException;
    }

    /** Again on a connection of its own where one was lost. */
    private <T> T at(String action, Work<T> work) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.with(connection.open(), attempt);
            } catch (PlaceException | FileAlreadyExistsException | NoSuchFileException e) {
                throw e;
            } catch (SftpException e) {
                if (!isLost(e) || attempt >= ATTEMPTS) {
                    throw refusal(action, e);
                }
            } catch (IOException e) {
                if (attempt >= ATTEMPTS) {
                    throw new IOException(
                            name() + " does not " + action + " (" + e.getClass().getSimpleName() + ")", e);
                }
            }
            connection.forget();
        }
    }

    private static boolean isLost(SftpException e) {
        return e.getStatus() == SftpConstants.SSH_FX_NO_CONNECTION
                || e.getStatus() == SftpConstants.SSH_FX_CONNECTION_LOST;
    }

    private PlaceException refusal(String action, SftpException e) {
        return switch (e.getStatus()) {
            case SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM, SftpConstants.SSH_FX_QUOTA_EXCEEDED -> noRoom();
            case SftpConstants.SSH_FX_PERMISSION_DENIED ->
                new PlaceException(
                        name() + " may not " + action, "the user needs to read and write in the place's directory");
            default ->
                new PlaceException(
                        name() + " fails to " + action + " (SFTP status " + e.getStatus() + ")",
                        "look at the server: room, quota and permissions; the generations that count are as they were");
        };
    }

    private PlaceException noRoom() {
        return new PlaceException(
                name() + " has no room left",
                "make room there, or raise the quota; the generations that count are as they were");
    }

    private String path(String name) {
        return settings.directory() + "/" + name;
    }

    @Override
    public List<PlacedObject> list(String prefix) throws IOException {
        String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        return at("list what it holds", (sftp, attempt) -> {
            List<PlacedObject> found = new ArrayList<>();
            found.addAll(SftpTree.files(sftp, this, settings.directory(), folder));
            found.removeIf(each -> !each.name().startsWith(prefix));
            found.sort(Comparator.comparing(PlacedObject::name));
            return found;
        });
    }

    @Override
    public InputStream open(String name) throws IOException {
        String path = path(ObjectNames.check(name));
        return at("give " + name, (sftp, attempt) -> opened(sftp, name, path));
    }

    private static InputStream opened(SftpClient sftp, String name, String path) throws IOException {
        if (SftpTree.attributes(sftp, path)
                .filter(SftpClient.Attributes::isRegularFile)
                .isEmpty()) {
            throw new NoSuchFileException(name);
        }
        return sftp.read(path, BUFFER_BYTES);
    }

    @Override
    public void put(String name, Path file, byte[] sha256) throws IOException {
        String path = path(ObjectNames.check(name));
        at("take " + name, (sftp, attempt) -> {
            boolean there = SftpTree.attributes(sftp, path).isPresent();
            // an attempt whose answer was lost may have put it: reading it back tells
            if (there && attempt == 1) {
                throw new FileAlreadyExistsException(name);
            }
            if (!there) {
                String fresh = written(sftp, () -> Files.newInputStream(file), Files.size(file), path);
                sftp.rename(fresh, path); // which fails where the name is taken
            }
            confirm(sftp, name, path, sha256);
            return there;
        });
        Files.deleteIfExists(file);
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        String path = path(ObjectNames.check(name));
        at("take " + name, (sftp, attempt) -> {
            String fresh = written(sftp, () -> new ByteArrayInputStream(content), content.length, path);
            renaming(sftp).posixRename(fresh, path);
            confirm(sftp, name, path, SigV4.sha256().digest(content));
            return fresh;
        });
    }

    @FunctionalInterface
    private interface Content {
        InputStream open() throws IOException;
    }

    private OpenSSHPosixRenameExtension renaming(SftpClient sftp) throws PlaceException {
        OpenSSHPosixRenameExtension renaming = sftp.getExtension(OpenSSHPosixRenameExtension.class);
        if (renaming == null || !renaming.isSupported()) {
            throw new PlaceException(
                    name() + " cannot replace a file as a whole", "it has to offer posix-rename@openssh.com");
        }
        return renaming;
    }

    /** Beside the place where it is to be; durable where the server offers that. */
    private String written(SftpClient sftp, Content content, long bytes, String target) throws IOException {
        SftpTree.makeFolders(sftp, target);
        SftpTree.makeFolders(sftp, path(SftpTree.SPOOL + "/x"));
        checkRoom(sftp, bytes);
        String fresh = path(SftpTree.SPOOL + "/" + UUID.randomUUID());
        try (InputStream in = content.open();
                OutputStream out =
                        sftp.write(fresh, BUFFER_BYTES, List.of(OpenMode.Create, OpenMode.Write, OpenMode.Exclusive))) {
            in.transferTo(out);
        }
        OpenSSHFsyncExtension syncing = sftp.getExtension(OpenSSHFsyncExtension.class);
        if (syncing != null && syncing.isSupported()) {
            try (SftpClient.CloseableHandle handle = sftp.open(fresh, OpenMode.Write)) {
                syncing.fsync(handle);
            }
        }
        return fresh;
    }

    private void checkRoom(SftpClient sftp, long bytes) throws IOException {
        Optional<OpenSSHStatExtensionInfo> room = room(sftp);
        if (room.isPresent() && freeBytes(room.get()) < bytes + RESERVE_BYTES) {
            throw noRoom();
        }
    }

    private Optional<OpenSSHStatExtensionInfo> room(SftpClient sftp) throws IOException {
        OpenSSHStatPathExtension statistics = sftp.getExtension(OpenSSHStatPathExtension.class);
        return statistics == null || !statistics.isSupported()
                ? Optional.empty()
                : Optional.of(statistics.stat(settings.directory()));
    }

    private static long freeBytes(OpenSSHStatExtensionInfo room) {
        return room.f_bavail * room.f_frsize;
    }

    private void confirm(SftpClient sftp, String name, String path, byte[] sha256) throws IOException {
        MessageDigest digest = SigV4.sha256();
        try (InputStream in = new DigestInputStream(opened(sftp, name, path), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (NoSuchFileException e) {
            throw new PlaceException(name() + " lost what it had accepted: " + name);
        }
        if (!MessageDigest.isEqual(digest.digest(), sha256)) {
            throw new PlaceException(name() + " does not give back what it was given: " + name);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("no name of an object");
            }
        }
        at("remove " + name, (sftp, attempt) -> {
            SftpTree.remove(sftp, path(name));
            if (SftpTree.attributes(sftp, path(name)).isPresent()) {
                throw new PlaceException(name() + " keeps what it was told to remove: " + name);
            }
            String folder = name;
            while (folder.contains("/")) {
                folder = folder.substring(0, folder.lastIndexOf('/'));
                if (!SftpTree.removeEmpty(sftp, path(folder))) {
                    break;
                }
            }
            return name;
        });
    }

    @Override
    public void tidy(Instant now) throws IOException {
        Instant left = now.minus(LONGEST_PUT);
        at("remove what was left", (sftp, attempt) -> {
            List<PlacedObject> found = SftpTree.files(sftp, this, settings.directory(), SftpTree.SPOOL + "/");
            for (PlacedObject each : found) {
                String path = path(each.name());
                Optional<SftpClient.Attributes> there = SftpTree.attributes(sftp, path);
                if (there.isPresent() && there.get().getModifyTime().toInstant().isBefore(left)) {
                    SftpTree.remove(sftp, path);
                }
            }
            return found;
        });
    }

    @Override
    public SortedMap<String, String> probe() throws IOException {
        SortedMap<String, String> found = new TreeMap<>();
        String name = "probe/" + UUID.randomUUID();
        replace(name, name.getBytes(StandardCharsets.US_ASCII));
        found.put("read back", "the same");
        delete(name);
        found.put("removal", "shown");
        return at("be tried", (sftp, attempt) -> {
            OpenSSHFsyncExtension syncing = sftp.getExtension(OpenSSHFsyncExtension.class);
            found.put(
                    "durable writes (fsync@openssh.com)",
                    syncing != null && syncing.isSupported() ? "offered" : "not offered");
            found.put("replaced as a whole (posix-rename@openssh.com)", "offered");
            found.put("room (statvfs@openssh.com)", room(sftp).isPresent() ? "told" : "not told");
            return found;
        });
    }

    @Override
    public void close() {
        connection.close();
    }
}
