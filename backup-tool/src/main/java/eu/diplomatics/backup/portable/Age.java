package eu.diplomatics.backup.portable;

import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import eu.diplomatics.backup.portable.PortableException.Code;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;

/** age encryption (age-encryption.org/v1) to one X25519 recipient, as the program {@code age} reads and writes it. Streams. */
public final class Age {
    private static final int BUFFER_BYTES = 1 << 16;

    private Age() {}

    /** A new identity and its recipient, in the texts that {@code age-keygen} prints. */
    public record Pair(String identity, String recipient) {
        @Override
        public String toString() {
            return "Pair[" + recipient + "]";
        }
    }

    public static Pair generate() {
        try {
            KeyPair pair = new X25519KeyPairGenerator().generateKeyPair();
            return new Pair(pair.getPrivate().toString(), pair.getPublic().toString());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws PortableException unless it is the text of an X25519 recipient, {@code age1…} */
    public static void requireRecipient(String recipient) throws PortableException {
        try {
            X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new PortableException(Code.RECIPIENT_INVALID, "no age recipient (age1…)", e);
        }
    }

    /** What is written is whole when it was closed; closing closes {@code out}. */
    public static OutputStream encrypting(OutputStream out, String recipient) throws IOException {
        try {
            return new BufferedOutputStream(
                    Channels.newOutputStream(new StandardEncryptingChannelFactory()
                            .newEncryptingChannel(
                                    Channels.newChannel(out),
                                    List.of(X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient)))),
                    BUFFER_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot encrypt", e);
        }
    }

    /**
     * Each chunk is authenticated before it is handed on.
     *
     * @throws PortableException when it is for another recipient, or its beginning was changed; what was changed further on
     *     shows when it is read, as an {@link IOException}
     */
    public static InputStream decrypting(InputStream in, String identity) throws IOException, PortableException {
        try {
            return Channels.newInputStream(new StandardDecryptingChannelFactory()
                    .newDecryptingChannel(
                            Channels.newChannel(in),
                            List.of(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(identity))));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new PortableException(
                    Code.NOT_FOR_THIS_IDENTITY, "does not open under this identity, or was changed", e);
        }
    }
}
