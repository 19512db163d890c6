package eu.diplomatics.backup.place;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.common.SftpException;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;

/** An SFTP server that does other things to files than it says. */
final class LyingSftp implements AutoCloseable, SftpFileSystemAccessor {
    private static final int NO_SPACE = 14;
    private static final int QUOTA = 15;

    enum Lie {
        NONE,
        FLIPS_A_BIT,
        LOSES_THE_END,
        HAS_NO_ROOM,
        IS_OVER_ITS_QUOTA,
        IGNORES_REMOVAL
    }

    volatile Lie lie = Lie.NONE;
    final String hostKey;
    private final SshServer server = SshServer.setUpDefaultServer();

    LyingSftp() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair host = generator.generateKeyPair();
        hostKey = PublicKeyEntry.toString(host.getPublic());
        server.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.setPort(0);
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator((user, key, session) -> true);
        SftpSubsystemFactory sftp = new SftpSubsystemFactory();
        sftp.setFileSystemAccessor(this);
        server.setSubsystemFactories(List.of(sftp));
        server.start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public SeekableByteChannel openFile(
            SftpSubsystemProxy subsystem,
            FileHandle handle,
            Path file,
            String id,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException {
        SeekableByteChannel channel =
                SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
        return options.contains(StandardOpenOption.WRITE) ? new Written(channel) : channel;
    }

    @Override
    public void removeFile(SftpSubsystemProxy subsystem, Path path, boolean isDirectory) throws IOException {
        if (lie != Lie.IGNORES_REMOVAL) {
            SftpFileSystemAccessor.super.removeFile(subsystem, path, isDirectory);
        }
    }

    /** The channel is none that it could force. */
    @Override
    public void syncFileData(SftpSubsystemProxy subsystem, FileHandle handle, Path file, String id, Channel channel) {}

    private final class Written implements SeekableByteChannel {
        private final SeekableByteChannel to;

        Written(SeekableByteChannel to) {
            this.to = to;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            switch (lie) {
                case HAS_NO_ROOM -> throw new SftpException(NO_SPACE, "no space");
                case IS_OVER_ITS_QUOTA -> throw new SftpException(QUOTA, "quota");
                case FLIPS_A_BIT -> {
                    ByteBuffer changed = ByteBuffer.allocate(length);
                    changed.put(bytes).put(0, (byte) (changed.get(0) ^ 1));
                    to.write(changed.flip());
                }
                case LOSES_THE_END -> {
                    bytes.limit(bytes.limit() - 1);
                    to.write(bytes);
                    bytes.limit(bytes.limit() + 1).position(bytes.limit());
                }
                default -> to.write(bytes);
            }
            return length;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return to.read(into);
        }

        @Override
        public long position() throws IOException {
            return to.position();
        }

        @Override
        public SeekableByteChannel position(long next) throws IOException {
            to.position(next);
            return this;
        }

        @Override
        public long size() throws IOException {
            return to.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            to.truncate(size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return to.isOpen();
        }

        @Override
        public void close() throws IOException {
            to.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }
}
