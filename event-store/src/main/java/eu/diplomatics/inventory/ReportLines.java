package eu.diplomatics.inventory;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A report as lines of JSON, written while it is made: whoever asked sees how far it is. */
public final class ReportLines implements Report {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long BETWEEN = Duration.ofMillis(500).toNanos();

    private final OutputStream out;
    private long holdings;
    private long findings;
    private long saidAt = System.nanoTime();

    public ReportLines(OutputStream out) {
        this.out = out;
    }

    @Override
    public void holding(Holding holding) {
        holdings++;
        write(Map.of("holding", holding));
    }

    @Override
    public void finding(Finding finding) {
        findings++;
        write(Map.of("finding", finding));
    }

    @Override
    public void progress(String step, long done, long total) {
        long now = System.nanoTime();
        if (now - saidAt >= BETWEEN) {
            saidAt = now;
            write(Map.of("progress", Map.of("step", step, "done", done, "total", total)));
            flush();
        }
    }

    /** The last line: without it the report is not whole. */
    public void end(String takenAt) {
        write(Map.of("end", Map.of("takenAt", takenAt, "holdings", holdings, "findings", findings)));
        flush();
    }

    private void write(Object line) {
        try {
            out.write(JSON.writeValueAsBytes(line));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
