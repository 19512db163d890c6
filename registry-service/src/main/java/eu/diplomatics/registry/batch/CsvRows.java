package eu.diplomatics.registry.batch;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import eu.diplomatics.registry.batch.RowSource.BrokenFileException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of CSV (RFC 4180) in UTF-8 behind a header row. */
final class CsvRows implements RowSource {
    /** More columns than there are names for, so that a header beyond it is none of ours. */
    static final int MAX_CELLS = 64;

    private final Iterator<RawRow> records;
    private final List<String> header;
    private long rows;

    /** Reads the header row at once. */
    CsvRows(InputStream in, int maxCellChars, int maxRowChars) throws IOException {
        CsvReader<RawRow> reader = CsvReader.builder()
                .skipEmptyLines(true)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .allowUnclosedQuote(false)
                .allowExtraCharsAfterClosingQuote(false)
                .maxBufferSize(maxCellChars)
                .build(
                        new Rows(maxRowChars),
                        new InputStreamReader(
                                withoutMark(in),
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        this.records = reader.iterator();
        this.header = switch (read()) {
            case null -> throw new BrokenFileException(Reason.NO_HEADER, 0);
            case RawRow.Cells(List<String> names) -> names;
            case RawRow other -> throw new BrokenFileException(Reason.HEADER_TOO_LONG, 0);
        };
    }

    /** Keeps the cells of one row at a time, and of a row that is too large none. */
    private static final class Rows extends AbstractBaseCsvCallbackHandler<RawRow> {
        private final int maxChars;
        private final List<String> cells = new ArrayList<>();
        private int chars;
        private boolean tooLarge;

        Rows(int maxChars) {
            this.maxChars = maxChars;
        }

        @Override
        protected void handleBegin(long startingLineNumber) {
            cells.clear();
            chars = 0;
            tooLarge = false;
        }

        @Override
        protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
            if (tooLarge || index >= MAX_CELLS || length > maxChars - chars) {
                tooLarge = true;
                cells.clear();
            } else {
                chars += length;
                cells.add(new String(buffer, offset, length));
            }
        }

        @Override
        protected RawRow buildRecord() {
            return tooLarge ? new RawRow.TooLarge() : new RawRow.Cells(List.copyOf(cells));
        }
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        rows++;
        return read();
    }

    private @Nullable RawRow read() throws IOException {
        try {
            return records.hasNext() ? records.next() : null;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw new BrokenFileException(Reason.NOT_UTF_8, rows);
            }
            throw e.getCause();
        } catch (CsvParseException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw new BrokenFileException(Reason.NOT_UTF_8, rows);
            }
            throw new BrokenFileException(Reason.NOT_CSV, rows);
        }
    }

    /** Without the byte order mark that may stand at the beginning. */
    static InputStream withoutMark(InputStream in) throws IOException {
        PushbackInputStream pushback = new PushbackInputStream(in, 3);
        byte[] start = pushback.readNBytes(3);
        boolean mark =
                start.length == 3 && start[0] == (byte) 0xEF && start[1] == (byte) 0xBB && start[2] == (byte) 0xBF;
        if (!mark) {
            pushback.unread(start);
        }
        return pushback;
    }
}
