package eu.diplomatics.registry.batch;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import eu.diplomatics.registry.batch.RowSource.BrokenFileException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of CSV (RFC 4180) in UTF-8 behind a header row. */
final class CsvRows implements RowSource {
    private final Iterator<CsvRecord> records;
    private final List<String> header;
    private long rows;

    /** Reads the header row at once. */
    CsvRows(InputStream in, int maxCellChars) throws IOException {
        CsvReader<CsvRecord> reader = CsvReader.builder()
                .skipEmptyLines(true)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .allowUnclosedQuote(false)
                .allowExtraCharsAfterClosingQuote(false)
                .maxBufferSize(maxCellChars)
                .ofCsvRecord(new InputStreamReader(
                        withoutMark(in),
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)));
        this.records = reader.iterator();
        CsvRecord first = read();
        if (first == null) {
            throw new BrokenFileException(Reason.NO_HEADER, 0);
        }
        this.header = List.copyOf(first.getFields());
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public @Nullable RawRow next() throws IOException {
        rows++;
        CsvRecord record = read();
        return record == null ? null : new RawRow.Cells(List.copyOf(record.getFields()));
    }

    private @Nullable CsvRecord read() throws IOException {
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

    private static InputStream withoutMark(InputStream in) throws IOException {
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
