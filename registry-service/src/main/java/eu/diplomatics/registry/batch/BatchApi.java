package eu.diplomatics.registry.batch;

import eu.diplomatics.qualification.Mode;
import eu.diplomatics.registry.batch.Job.Format;
import eu.diplomatics.registry.batch.Reception.Shipment;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.TraceId;
import eu.diplomatics.registry.registration.CommandIds;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Files of registrations: sent, watched, fetched. Only the supplier that sent a file knows of it. */
@RestController
final class BatchApi {
    private static final String PATH = "/v1/batches";

    private final Reception reception;
    private final BatchWorker worker;
    private final JobStore store;
    private final Results results;

    BatchApi(Reception reception, BatchWorker worker, JobStore store, Results results) {
        this.reception = reception;
        this.worker = worker;
        this.store = store;
        this.results = results;
    }

    /** What the sender needs to ask again. */
    record Accepted(UUID id) {}

    /**
     * How far a job is.
     *
     * @param code why it failed; absent where it did not
     */
    record Progress(
            UUID id,
            Job.State state,
            boolean dryRun,
            long rows,
            long accepted,
            long duplicate,
            long rejected,
            @Nullable String code) {}

    @PostMapping(PATH)
    ResponseEntity<Accepted> receive(
            @RequestParam(defaultValue = "false") String dryRun,
            @RequestParam(defaultValue = "strict") String mode,
            HttpServletRequest request)
            throws IOException {
        String supplier = Caller.supplier(request);
        String key = request.getHeader(CommandIds.HEADER);
        if (key == null) {
            throw ProblemException.at(
                    ProblemCode.MALFORMED, "header/" + CommandIds.HEADER, "The header is required for a batch.");
        }
        Shipment shipment = new Shipment(
                supplier,
                CommandIds.checked(key),
                format(request.getContentType()),
                mode(mode),
                dryRun(dryRun),
                TraceId.of(request));
        UUID id;
        try (InputStream body = request.getInputStream()) {
            id = reception.receive(shipment, body);
        }
        worker.wake();
        return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(new Accepted(id));
    }

    @GetMapping(PATH + "/{id}")
    Progress progress(@PathVariable UUID id, HttpServletRequest request) {
        Job job = job(id, request);
        return new Progress(
                job.id(),
                job.state(),
                job.dryRun(),
                job.rows(),
                job.accepted(),
                job.duplicate(),
                job.rejected(),
                job.code());
    }

    @GetMapping(PATH + "/{id}/results")
    void results(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Job job = job(id, request);
        stream(response, Format.NDJSON, out -> results.write(job, out));
    }

    @GetMapping(PATH + "/{id}/rejected")
    void rejected(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Job job = job(id, request);
        stream(response, job.format(), out -> results.writeRejected(job, out));
    }

    /** Writes rows to a caller. */
    private interface Rows {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void stream(HttpServletResponse response, Format format, Rows rows) throws IOException {
        response.setContentType(format.mediaType() + (format == Format.NDJSON ? "" : ";charset=utf-8"));
        response.setHeader("Cache-Control", "no-store");
        OutputStream out = new BufferedOutputStream(response.getOutputStream(), 32 * 1024);
        rows.writeTo(out);
        out.flush();
    }

    private Job job(UUID id, HttpServletRequest request) {
        return store.find(Caller.supplier(request), id)
                .orElseThrow(() -> ProblemException.of(
                        ProblemCode.UNKNOWN_REFERENCE, "There is no such batch, or its retention is over."));
    }

    private static Format format(@Nullable String contentType) {
        try {
            MediaType type = contentType == null ? null : MediaType.parseMediaType(contentType);
            if (type != null && (type.getCharset() == null || StandardCharsets.UTF_8.equals(type.getCharset()))) {
                for (Format format : Format.values()) {
                    if (type.equalsTypeAndSubtype(MediaType.parseMediaType(format.mediaType()))) {
                        return format;
                    }
                }
            }
        } catch (IllegalArgumentException e) {
            // falls through to the same answer as any other type
        }
        throw ProblemException.of(
                ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                "A file is application/x-ndjson, text/csv or application/xml, in UTF-8.");
    }

    private static Mode mode(String text) {
        return switch (text) {
            case "strict" -> Mode.STRICT;
            case "legacy" -> Mode.LEGACY;
            default -> throw malformed("mode", "strict or legacy is expected.");
        };
    }

    private static boolean dryRun(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw malformed("dryRun", "true or false is expected.");
        };
    }

    private static ProblemException malformed(String parameter, String message) {
        return ProblemException.at(ProblemCode.MALFORMED, "parameter/" + parameter, message);
    }
}
