package eu.diplomatics.backup.place;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.jspecify.annotations.Nullable;

/** A login at an SFTP server whose key is pinned; made when it is needed, and anew when it was lost. Not thread-safe. */
final class SftpConnection implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final int HEARTBEATS_WITHOUT_ANSWER = 3;
    private static final String[] CIPHERS = {"aes256-gcm@openssh.com", "aes256-ctr"};
    private static final String[] MACS = {"hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com"};

    private final SftpSettings settings;
    private final PublicKey pinned;
    private final KeyPair own;
    private final AtomicBoolean anotherKey = new AtomicBoolean();
    private @Nullable SshClient client;
    private @Nullable SftpClient sftp;

    SftpConnection(SftpSettings settings) throws IOException {
        this.settings = settings;
        try {
            this.pinned = PublicKeyEntry.parsePublicKeyEntry(settings.hostKey().strip())
                    .resolvePublicKey(null, null, null);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new IOException("the pinned host key of " + settings.name() + " is none: ssh-ed25519 AAAA…", e);
        }
        try {
            this.own = new FileKeyPairProvider(settings.privateKey())
                    .loadKeys(null)
                    .iterator()
                    .next();
        } catch (RuntimeException e) {
            throw new IOException("no private key without passphrase in " + settings.privateKey(), e);
        }
    }

    /** Nothing of this account's own settings is used: neither its keys nor its hosts. */
    private SshClient start() {
        SshClient made = SshClient.setUpDefaultClient();
        made.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        made.setKeyIdentityProvider(KeyIdentityProvider.wrapKeyPairs(own));
        made.setUserAuthFactoriesNames("publickey");
        made.setCipherFactoriesNames(CIPHERS);
        made.setMacFactoriesNames(MACS);
        made.setServerKeyVerifier((session, address, key) -> {
            boolean same = KeyUtils.compareKeys(pinned, key);
            anotherKey.set(!same);
            return same;
        });
        // a server shows the first of its keys that is of a kind asked for: the pinned one's comes first
        List<NamedFactory<Signature>> signatures = new ArrayList<>(made.getSignatureFactories());
        String kind = KeyUtils.getKeyType(pinned);
        signatures.sort((one, other) -> Boolean.compare(!isOf(kind, one.getName()), !isOf(kind, other.getName())));
        made.setSignatureFactories(signatures);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(made, HEARTBEAT);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(made, HEARTBEATS_WITHOUT_ANSWER);
        made.start();
        return made;
    }

    private static boolean isOf(String kind, String signature) {
        return signature.equals(kind) || kind.equals("ssh-rsa") && signature.startsWith("rsa-sha2-");
    }

    /**
     * @throws PlaceException when the server is another, or does not take the key
     */
    SftpClient open() throws IOException {
        SftpClient open = sftp;
        if (open != null && open.isOpen()) {
            return open;
        }
        forget();
        SshClient ssh = client == null ? start() : client;
        client = ssh;
        anotherKey.set(false);
        ClientSession session = null;
        try {
            session = ssh.connect(settings.user(), settings.host(), settings.port())
                    .verify(settings.patience())
                    .getSession();
            session.auth().verify(settings.patience());
            SftpClient made =
                    SftpClientFactory.instance().createSftpClient(session).singleSessionInstance();
            sftp = made;
            return made;
        } catch (SshException e) {
            if (session != null) {
                session.close(true);
            }
            throw refusal(session != null, e);
        }
    }

    private IOException refusal(boolean connected, SshException e) {
        if (anotherKey.get()) {
            return new PlaceException(
                    settings.name() + " shows another key than the one that is pinned",
                    "somebody stands in between, or the server was changed: ask who runs it, on another way, for its key");
        }
        String told = String.valueOf(e.getMessage());
        if (connected && told.contains("authentication methods")) {
            return new PlaceException(
                    settings.name() + " does not take the key of this user",
                    "its public key has to stand in authorized_keys there");
        }
        return new IOException(
                settings.name() + " does not answer (" + e.getClass().getSimpleName() + ")", e);
    }

    /** The next use logs in anew. */
    void forget() {
        SftpClient old = sftp;
        sftp = null;
        if (old != null) {
            old.getClientSession().close(true);
        }
    }

    @Override
    public void close() {
        forget();
        if (client != null) {
            client.stop();
        }
    }
}
