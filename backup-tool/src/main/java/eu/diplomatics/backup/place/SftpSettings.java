package eu.diplomatics.backup.place;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A folder that an SFTP server gives.
 *
 * @param directory at the server: absolute, or from where a login begins; is made where it is missing
 * @param privateKey file (OpenSSH or PKCS #8 in PEM, without passphrase) that opens the server
 * @param hostKey the server's public key, as {@code ssh-keyscan} tells it: {@code ssh-ed25519 AAAA…}; no other is believed
 * @param spool folder of this machine in which segments wait
 * @param patience for a connection, a login, an answer
 */
public record SftpSettings(
        String host,
        int port,
        String user,
        String directory,
        Path privateKey,
        String hostKey,
        Path spool,
        Duration patience) {
    public static final int PORT = 22;
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    public SftpSettings {
        if (!host.matches("[A-Za-z0-9.:-]{1,253}") || user.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("host, port or user is none");
        }
        if (directory.isBlank()
                || directory.endsWith("/")
                || directory.contains("/../")
                || directory.startsWith("..")) {
            throw new IllegalArgumentException("no directory at the server: one name or several between slashes");
        }
    }

    /** As messages call it; without anything that opens it. */
    String name() {
        return "sftp://" + user + "@" + host + (port == PORT ? "" : ":" + port)
                + (directory.startsWith("/") ? "" : "/~/") + directory;
    }
}
