package eu.diplomatics.quickstart.bench;

import eu.diplomatics.quickstart.bench.BenchPeople.Person;
import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.sample.SampleRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Single registrations and consultations at a fixed rate each; how long one takes counts from when it was to begin. */
final class PacedCalls {
    private static final long SEED = 77;
    private static final int REGISTRATIONS_PER_SECOND = 25;
    private static final int CONSULTATIONS_PER_SECOND = 50;
    /** Much longer than any call that is measured. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI registry;
    private final URI query;
    private final List<Person> people;
    private final Iterator<SampleRegistration> records = Loader.records(SEED, Long.MAX_VALUE);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    PacedCalls(URI registry, URI query, List<Person> people) {
        this.registry = registry;
        this.query = query;
        this.people = people;
    }

    /** How long calls took, in microseconds, sorted. */
    record Latencies(List<Double> micros) {
        Latencies {
            micros = micros.stream().sorted().toList();
        }

        double percentile(int percent) {
            return micros.get(Math.min(micros.size() - 1, micros.size() * percent / 100));
        }

        int count() {
            return micros.size();
        }
    }

    /** What was measured of both at the same time. */
    record Answers(Latencies registrations, Latencies consultations) {}

    /** An operation on keys. */
    record Operation(String state, String step) {}

    /** Calls as long as {@code what} takes. */
    Answers during(Runnable what) throws ExecutionException, InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        try (ExecutorService callers = Executors.newFixedThreadPool(2)) {
            Future<Latencies> registrations =
                    callers.submit(() -> paced(REGISTRATIONS_PER_SECOND, this::register, ended));
            Future<Latencies> consultations =
                    callers.submit(() -> paced(CONSULTATIONS_PER_SECOND, this::consult, ended));
            try {
                what.run();
            } finally {
                ended.set(true);
            }
            return new Answers(registrations.get(), consultations.get());
        }
    }

    private static Latencies paced(int perSecond, Runnable call, AtomicBoolean ended) {
        List<Double> micros = new ArrayList<>();
        long step = TimeUnit.SECONDS.toNanos(1) / perSecond;
        for (long due = System.nanoTime(); !ended.get(); due += step) {
            long wait = due - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            call.run();
            micros.add((System.nanoTime() - due) / 1e3);
        }
        return new Latencies(micros);
    }

    private void register() {
        SampleRegistration next = records.next();
        HttpRequest.Builder request = HttpRequest.newBuilder(registry.resolve("/v1/qualifications"))
                .header("Content-Type", "application/json")
                .header("X-Caller", "supplier:" + next.supplier())
                .POST(BodyPublishers.ofByteArray(next.json()));
        expect(201, send(request));
    }

    private void consult() {
        expect(200, consult(people.get(ThreadLocalRandom.current().nextInt(people.size()))));
    }

    private HttpResponse<byte[]> consult(Person person) {
        return send(HttpRequest.newBuilder(query.resolve("/v1/consultations"))
                .header("Content-Type", "application/json")
                .header("X-Caller", "agency:bench")
                .header("X-Purpose", "benchmark")
                .header("X-Case", "case-1")
                .header("X-End-User", "user-1")
                .POST(BodyPublishers.ofString("{\"insz\":\"" + person.insz().digits() + "\"}")));
    }

    /** Until the projection has them. */
    void awaitAnswered(Person person, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!new String(consult(person).body(), StandardCharsets.UTF_8).contains("\"FOUND\"")) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the projection does not follow");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    /** Asks for a rotation; where to look for it. */
    String rotate(String kind) {
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(registry.resolve("/v1/keys/operations"))
                .header("Content-Type", "application/json")
                .header("X-Caller", "controller:bench")
                .POST(BodyPublishers.ofString("{\"kind\":\"" + kind + "\"}")));
        expect(202, answer);
        return json(answer).path("id").asString();
    }

    Operation operation(String id) {
        JsonNode operation = json(send(HttpRequest.newBuilder(registry.resolve("/v1/keys/operations/" + id))
                .header("X-Caller", "controller:bench")));
        return new Operation(
                operation.path("state").asString(""), operation.path("step").asString(""));
    }

    private static JsonNode json(HttpResponse<byte[]> answer) {
        return JSON.readTree(answer.body());
    }

    private static void expect(int status, HttpResponse<byte[]> answer) {
        if (answer.statusCode() != status) {
            throw new IllegalStateException("answered " + answer.statusCode() + " in place of " + status);
        }
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(LIMIT).build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
