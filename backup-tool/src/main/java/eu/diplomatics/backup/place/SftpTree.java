package eu.diplomatics.backup.place;

import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** Files and folders of an SFTP server; links are none of them. */
final class SftpTree {
    /** In the directory of a place: what is on its way. */
    static final String SPOOL = ".spool";

    private static final int MOST_DEPTH = 9;
    private static final int FOLDER_PERMISSIONS = 0700;

    private final SftpClient sftp;
    private final Place place;
    private final String directory;
    private final List<PlacedObject> found = new ArrayList<>();

    private SftpTree(SftpClient sftp, Place place, String directory) {
        this.sftp = sftp;
        this.place = place;
        this.directory = directory;
    }

    /**
     * All in a folder and below, without those on their way.
     *
     * @param folder from the directory; empty, or ends with a slash
     */
    static List<PlacedObject> files(SftpClient sftp, Place place, String directory, String folder) throws IOException {
        SftpTree tree = new SftpTree(sftp, place, directory);
        tree.walk(folder, 0);
        return tree.found;
    }

    private void walk(String folder, int depth) throws IOException {
        if (depth > MOST_DEPTH) {
            throw new PlaceException(place.name() + " holds folders in folders without end");
        }
        String path = folder.isEmpty() ? directory : directory + "/" + folder.substring(0, folder.length() - 1);
        Iterable<SftpClient.DirEntry> entries;
        try (SftpClient.CloseableHandle handle = sftp.openDir(path)) {
            List<SftpClient.DirEntry> all = new ArrayList<>();
            sftp.listDir(handle).forEach(all::add);
            entries = all;
        } catch (SftpException e) {
            if (isMissing(e)) {
                return;
            }
            throw e;
        }
        for (SftpClient.DirEntry entry : entries) {
            String each = entry.getFilename();
            if (each.equals(".") || each.equals("..") || folder.isEmpty() && each.equals(SPOOL)) {
                continue;
            }
            if (each.isEmpty() || each.contains("/")) {
                throw new PlaceException(place.name() + " lists a name that leads elsewhere");
            }
            if (entry.getAttributes().isDirectory()) {
                walk(folder + each + "/", depth + 1);
            } else if (entry.getAttributes().isRegularFile()) {
                found.add(new PlacedObject(folder + each, entry.getAttributes().getSize()));
            }
        }
    }

    static Optional<SftpClient.Attributes> attributes(SftpClient sftp, String path) throws IOException {
        try {
            return Optional.of(sftp.lstat(path));
        } catch (SftpException e) {
            if (isMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static boolean isMissing(SftpException e) {
        return e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE || e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_PATH;
    }

    static void makeFolders(SftpClient sftp, String target) throws IOException {
        List<String> missing = new ArrayList<>();
        String folder = target;
        while (folder.lastIndexOf('/') > 0) {
            folder = folder.substring(0, folder.lastIndexOf('/'));
            if (attributes(sftp, folder).isPresent()) {
                break;
            }
            missing.addFirst(folder);
        }
        for (String each : missing) {
            sftp.mkdir(each);
            sftp.setStat(each, new SftpClient.Attributes().perms(FOLDER_PERMISSIONS));
        }
    }

    static void remove(SftpClient sftp, String path) throws IOException {
        try {
            sftp.remove(path);
        } catch (SftpException e) {
            if (!isMissing(e)) {
                throw e;
            }
        }
    }

    static boolean removeEmpty(SftpClient sftp, String folder) throws IOException {
        try {
            sftp.rmdir(folder);
            return true;
        } catch (SftpException e) {
            return isMissing(e); // else something is in it
        }
    }
}
