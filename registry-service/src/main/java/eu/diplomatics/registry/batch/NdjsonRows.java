package eu.diplomatics.registry.batch;

import eu.diplomatics.registry.batch.RowSource.BrokenFileException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines of NDJSON; blank ones do not count, as its specification allows. */
final class NdjsonRows implements RowSource {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private static final char REPLACEMENT = '\ufffd';

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] buffer = new byte[32 * 1024];
    private int from;
    private int to;
    private long rows;
    private boolean begun;

    NdjsonRows(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    @Override
    public List<String> header() {
        return List.of();
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        while (true) {
            ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
            boolean tooLarge = false;
            boolean ended = false;
            boolean any = false;
            while (!ended) {
                if (from == to && !fill()) {
                    break;
                }
                any = true;
                int end = from;
                while (end < to && buffer[end] != '\n') {
                    end++;
                }
                if (line.size() + end - from > maxLineBytes) {
                    tooLarge = true;
                    line.reset();
                } else if (!tooLarge) {
                    line.write(buffer, from, end - from);
                }
                ended = end < to;
                from = ended ? end + 1 : end;
            }
            if (!any) {
                return null;
            }
            byte[] bytes = withoutMark(line.toByteArray());
            if (tooLarge) {
                rows++;
                return new RawRow.TooLarge();
            }
            if (!blank(bytes)) {
                rows++;
                checkUtf8(bytes);
                return new RawRow.Line(bytes);
            }
        }
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }

    private byte[] withoutMark(byte[] line) {
        boolean first = !begun;
        begun = true;
        return first
                        && line.length >= BYTE_ORDER_MARK.length
                        && Arrays.equals(line, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length)
                ? Arrays.copyOfRange(line, BYTE_ORDER_MARK.length, line.length)
                : line;
    }

    private static boolean blank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private void checkUtf8(byte[] line) throws BrokenFileException {
        if (new String(line, StandardCharsets.UTF_8).indexOf(REPLACEMENT) < 0) {
            return; // what cannot be decoded would show as one
        }
        try {
            var unused = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(line));
        } catch (CharacterCodingException e) {
            throw new BrokenFileException(Reason.NOT_UTF_8, rows);
        }
    }
}
