package eu.diplomatics.backup.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The whole rows in a message that PostgreSQL sends while it copies: its messages end where a row ends.
 *
 * @param from where the first begins
 * @param to where the last ends: header and trailer are left out
 */
public record CopyRows(ByteBuffer bytes, int from, int to, int count) {
    /** The first message of a copy, which begins with its header. */
    public static CopyRows first(byte[] message) throws IOException {
        for (int i = 0; i < CopyFormat.HEADER.length; i++) {
            if (i >= message.length || message[i] != CopyFormat.HEADER[i]) {
                throw new IOException("PostgreSQL sends another format");
            }
        }
        return rows(ByteBuffer.wrap(message), CopyFormat.HEADER.length);
    }

    /** One of those after it. */
    public static CopyRows of(byte[] message) throws IOException {
        return rows(ByteBuffer.wrap(message), 0);
    }

    private static CopyRows rows(ByteBuffer bytes, int from) throws IOException {
        try {
            int end = from;
            int count = 0;
            while (end < bytes.limit() && CopyFormat.shortAt(bytes, end) != CopyFormat.END) {
                end = CopyFormat.endOfRow(bytes, end);
                count++;
            }
            return new CopyRows(bytes, from, end, count);
        } catch (IllegalArgumentException e) {
            throw new IOException("PostgreSQL sends " + e.getMessage(), e);
        }
    }

    /** Each row as the copy has it, from position to limit; valid until the consumer returns. */
    public void forEach(Consumer<ByteBuffer> consumer) {
        int begin = from;
        for (int i = 0; i < count; i++) {
            int end = CopyFormat.endOfRow(bytes, begin);
            consumer.accept(bytes.slice(begin, end - begin));
            begin = end;
        }
    }
}
