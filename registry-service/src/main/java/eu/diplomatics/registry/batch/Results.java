package eu.diplomatics.registry.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.registry.batch.JobSeal.Piece;
import eu.diplomatics.registry.batch.RowResult.Place;
import eu.diplomatics.registry.batch.RowResult.RowError;
import eu.diplomatics.registry.batch.RowResult.Status;
import eu.diplomatics.registry.receipt.Receipts;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Answers to rows: encoded to be sealed, and streamed out again chunk by chunk, with their receipts. */
final class Results {
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(
                    any -> JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();
    private static final TypeReference<List<RowResult>> LIST = new TypeReference<>() {};

    private final JobStore store;
    private final Keyring keyring;
    private final Receipts receipts;

    Results(JobStore store, Keyring keyring, Receipts receipts) {
        this.store = store;
        this.keyring = keyring;
        this.receipts = receipts;
    }

    /** A row's answer as the API gives it. */
    private record Line(
            long row,
            Status status,
            @Nullable String supplierReference,
            @Nullable Receipt receipt,
            @Nullable List<String> unlisted,
            List<RowError> errors) {}

    byte[] encode(List<RowResult> results) {
        return JSON.writeValueAsBytes(results);
    }

    /** Writes what is done so far, in order of rows. */
    void write(Job job, OutputStream out) throws IOException {
        for (int number = 0; number < job.chunksDone(); number++) {
            List<RowResult> results;
            try (JobSeal seal = JobSeal.open(keyring, job.id())) {
                results = results(job, number, seal);
            }
            Queue<Receipt> signed = new ArrayDeque<>(receipts.of(results.stream()
                    .map(RowResult::place)
                    .filter(Objects::nonNull)
                    .map(Place::inLog)
                    .toList()));
            for (RowResult result : results) {
                out.write(JSON.writeValueAsBytes(new Line(
                        result.row(),
                        result.status(),
                        result.supplierReference(),
                        result.place() == null ? null : signed.remove(),
                        result.unlisted(),
                        result.errors())));
                out.write('\n');
            }
        }
    }

    /** Writes the rejected rows among what is done so far, in the format they came in. */
    void writeRejected(Job job, OutputStream out) throws IOException {
        RejectedRows rows = null;
        for (int number = 0; number < job.chunksDone(); number++) {
            try (JobSeal seal = JobSeal.open(keyring, job.id())) {
                if (rows == null) {
                    rows = RejectedRows.to(out, job.format(), header(job, seal));
                }
                List<RowResult> results = results(job, number, seal);
                if (results.stream().noneMatch(result -> result.status() == Status.REJECTED)) {
                    continue;
                }
                byte[] sealed = store.chunk(job.id(), number).orElseThrow().sealed();
                List<RawRow> raw = RawRow.decode(seal.open(Piece.ROWS, number, sealed));
                for (int i = 0; i < raw.size(); i++) {
                    if (results.get(i).status() == Status.REJECTED) {
                        rows.write(raw.get(i), results.get(i));
                    }
                }
            }
        }
        if (rows != null) {
            rows.end();
        }
    }

    private List<RowResult> results(Job job, int number, JobSeal seal) {
        byte[] sealed = store.result(job.id(), number).orElseThrow();
        return JSON.readValue(seal.open(Piece.RESULTS, number, sealed), LIST);
    }

    static List<String> header(Job job, JobSeal seal) {
        byte[] sealed = job.header();
        if (sealed != null
                && RawRow.decode(seal.open(Piece.HEADER, 0, sealed)).getFirst()
                        instanceof RawRow.Cells(List<String> names)) {
            return names;
        }
        return List.of();
    }
}
