package eu.diplomatics.quickstart.bench;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.SecretBytes;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;

/**
 * The same rows read by position, and for each a message of the same length decrypted: sealed beforehand, in memory, under
 * one key that is at hand, since the limit knows no keyring. Nothing is checked and nothing decoded.
 */
final class RawReplay implements AutoCloseable {
    private static final int PAGE = 1_000;
    private static final String READ = """
            SELECT e.position, e.recorded_at, e.stream, e.version, e.type, e.type_version, e.holder, e.commitment, e.leaf,
                c.ciphertext
            FROM eventstore.event e JOIN eventstore.ciphertext_1 c ON c.position = e.position AND c.position > ?
            WHERE e.position > ? ORDER BY e.position LIMIT ?
            """;
    private static final int TAG_BYTES = 16;
    private static final int GCM_IV_BYTES = 12;
    private static final byte[] CONTEXT = new byte[64];

    private final Connection connection;
    private final PreparedStatement page;
    private final SecretBytes key = SecretBytes.random(Cobblestone.KEY_BYTES);
    private final SecretKeySpec gcmKey = new SecretKeySpec(new byte[32], "AES");
    private final Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    private final Map<Integer, byte[]> envelopes = new HashMap<>();
    private final Map<Integer, byte[]> messages = new HashMap<>();

    RawReplay(DataSource source) throws SQLException, GeneralSecurityException {
        connection = source.getConnection();
        page = connection.prepareStatement(READ);
    }

    private interface Each {
        void row(byte[] ciphertext) throws Exception;
    }

    long read() throws Exception {
        return pages(ciphertext -> {});
    }

    long openEnvelopes() throws Exception {
        return pages(ciphertext -> {
            byte[] sealed = envelopes.computeIfAbsent(ciphertext.length, this::envelope);
            System.arraycopy(sealed, 0, ciphertext, 0, sealed.length);
            byte[] unused = Cobblestone.open(key, CONTEXT, ciphertext);
        });
    }

    private byte[] envelope(int length) {
        return Cobblestone.seal(key, CONTEXT, new byte[length - (int) Cobblestone.sealedLength(0)]);
    }

    long decryptGcm() throws Exception {
        return pages(ciphertext -> {
            byte[] sealed = messages.computeIfAbsent(ciphertext.length, this::message);
            System.arraycopy(sealed, 0, ciphertext, 0, sealed.length);
            gcm.init(Cipher.DECRYPT_MODE, gcmKey, new GCMParameterSpec(TAG_BYTES * 8, new byte[GCM_IV_BYTES]));
            byte[] unused = gcm.doFinal(ciphertext);
        });
    }

    private byte[] message(int length) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, gcmKey, new GCMParameterSpec(TAG_BYTES * 8, new byte[GCM_IV_BYTES]));
            return cipher.doFinal(new byte[length - TAG_BYTES]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private long pages(Each each) throws Exception {
        long position = 0;
        long count = 0;
        while (true) {
            page.setLong(1, position);
            page.setLong(2, position);
            page.setInt(3, PAGE);
            long before = count;
            try (ResultSet row = page.executeQuery()) {
                while (row.next()) {
                    position = row.getLong(1);
                    row.getObject(3, UUID.class);
                    row.getString(5);
                    row.getBytes(8);
                    row.getBytes(9);
                    each.row(row.getBytes(10));
                    count++;
                }
            }
            if (count == before) {
                return count;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        key.close();
        page.close();
        connection.close();
    }
}
