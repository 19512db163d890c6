package eu.diplomatics.registry.batch;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import eu.diplomatics.qualification.QualificationCsv;
import eu.diplomatics.registry.batch.RowResult.RowError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes rejected rows back as they came, with a further column: to be corrected and sent again. */
interface RejectedRows {
    void write(RawRow row, RowResult result) throws IOException;

    /** After the last one; the stream stays open. */
    void end() throws IOException;

    static RejectedRows to(OutputStream out, Job.Format format, List<String> header) throws IOException {
        return switch (format) {
            case NDJSON -> new Lines(out);
            case CSV -> new Cells(out, header);
            case LED -> new LedRejects(out, header.getFirst());
        };
    }

    /** What is wrong with a row, each code once. */
    static String codes(RowResult result) {
        return result.errors().stream().map(RowError::code).distinct().collect(Collectors.joining(" "));
    }

    /** Each line with a member more; a line that is no JSON object, or has a key twice, stands inside one as a text. */
    final class Lines implements RejectedRows {
        private static final JsonMapper JSON = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();

        private final OutputStream out;

        Lines(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(RawRow row, RowResult result) throws IOException {
            ObjectNode line = row instanceof RawRow.Line(byte[] utf8) ? object(utf8) : JSON.createObjectNode();
            line.put(QualificationCsv.ERROR_CODES, codes(result));
            out.write(JSON.writeValueAsBytes(line));
            out.write('\n');
        }

        @Override
        public void end() {
            // each line stands by itself
        }

        private static ObjectNode object(byte[] utf8) {
            try {
                JsonNode tree = JSON.readTree(utf8);
                if (tree instanceof ObjectNode object) {
                    return object;
                }
            } catch (JacksonException e) {
                // not JSON: handed back as it is
            }
            return JSON.createObjectNode().put("line", new String(utf8, StandardCharsets.UTF_8));
        }
    }

    /** Cells that a spreadsheet would run are kept from it by a quote before them. */
    final class Cells implements RejectedRows {
        private final CsvWriter csv;
        private final int before;

        Cells(OutputStream out, List<String> header) throws IOException {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            csv = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(writer);
            before = header.indexOf(QualificationCsv.ERROR_CODES);
            write(header, QualificationCsv.ERROR_CODES);
        }

        @Override
        public void write(RawRow row, RowResult result) throws IOException {
            write(row instanceof RawRow.Cells(List<String> values) ? values : List.of(), codes(result));
        }

        @Override
        public void end() {
            // each row stands by itself
        }

        private void write(List<String> values, String last) throws IOException {
            List<String> cells = new ArrayList<>(values.size() + 1);
            for (int i = 0; i < values.size(); i++) {
                if (i != before) {
                    cells.add(harmless(values.get(i)));
                }
            }
            cells.add(last);
            try {
                csv.writeRecord(cells);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            csv.flush();
        }

        private static String harmless(String cell) {
            String text = cell.stripLeading();
            if (text.isEmpty()) {
                return cell;
            }
            boolean runs = switch (text.charAt(0)) {
                case '=', '@', '＝', '＠' -> true;
                case '+', '-', '＋', '－' -> text.chars().anyMatch(c -> "=()|!'\"".indexOf(c) >= 0);
                default -> cell.charAt(0) == '\t' || cell.charAt(0) == '\r';
            };
            return runs ? "'" + cell : cell;
        }
    }
}
