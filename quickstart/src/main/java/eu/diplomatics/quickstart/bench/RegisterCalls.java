package eu.diplomatics.quickstart.bench;

import eu.diplomatics.quickstart.bench.SampleFiles.SampleFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Institutions that send files, some at once, and wait for the end of each. */
final class RegisterCalls {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI base;
    private final int atOnce;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RegisterCalls(URI base, int atOnce) {
        this.base = base;
        this.atOnce = atOnce;
    }

    /** Rows a second, from the first byte sent until the last file is done; fails unless every row is accepted. */
    double perSecond(List<SampleFile> files) throws Exception {
        return perSecond(files.iterator());
    }

    /** As the other, for files that are made while others are sent. */
    double perSecond(Iterator<SampleFile> files) throws Exception {
        LongAdder rows = new LongAdder();
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                parts.add(threads.submit(() -> {
                    for (Optional<SampleFile> file = next(files); file.isPresent(); file = next(files)) {
                        register(file.get());
                        rows.add(file.get().rows());
                    }
                    return null;
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        }
        return rows.sum() * 1e9 / (System.nanoTime() - start);
    }

    private static Optional<SampleFile> next(Iterator<SampleFile> files) {
        synchronized (files) {
            return files.hasNext() ? Optional.of(files.next()) : Optional.empty();
        }
    }

    private void register(SampleFile file) throws IOException, InterruptedException {
        HttpRequest post = request(file, "/v1/batches")
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofByteArray(file.ndjson()))
                .build();
        long begun = System.nanoTime();
        String batch = answer(post, 202).path("id").asString("");
        while (true) {
            JsonNode job = answer(request(file, "/v1/batches/" + batch).build(), 200);
            switch (job.path("state").asString("")) {
                case "DONE" -> {
                    if (job.path("accepted").asInt(0) != file.rows()) {
                        throw new IOException("not every row was accepted: " + job);
                    }
                    return;
                }
                case "FAILED" -> throw new IOException("batch " + batch + " failed");
                default ->
                    LockSupport.parkNanos(
                            pauseNanos(job.path("accepted").asLong(0), file.rows(), System.nanoTime() - begun));
            }
        }
    }

    /** Until the file should be done, going by what is: a look costs more than a hundred rows. */
    private static long pauseNanos(long done, long rows, long nanos) {
        return done == 0
                ? LONGEST_PAUSE_NANOS
                : Math.clamp((rows - done) * nanos / done, SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
    }

    private HttpRequest.Builder request(SampleFile file, String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(LIMIT)
                .header("X-Caller", "supplier:" + file.supplier());
    }

    private JsonNode answer(HttpRequest request, int status) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() != status) {
            throw new IOException("the registry answered " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }
}
