package eu.diplomatics.quickstart.bench;

import eu.diplomatics.quickstart.bench.BenchPeople.Person;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Callers over HTTP, each one request after the other, about people chosen at random. */
final class ConsultCalls {
    private final List<Person> people;
    private final int callers;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ConsultCalls(List<Person> people, int callers) {
        this.people = people;
        this.callers = callers;
    }

    private Person someone() {
        return people.get(ThreadLocalRandom.current().nextInt(people.size()));
    }

    double consult(URI base, Duration duration) throws Exception {
        URI consultations = base.resolve("/v1/consultations");
        return OurAppends.rate(callers, duration, until -> {
            long done = 0;
            while (System.nanoTime() < until) {
                HttpRequest request = HttpRequest.newBuilder(consultations)
                        .header("Content-Type", "application/json")
                        .header("X-Caller", "agency:bench")
                        .header("X-Purpose", "benchmark")
                        .header("X-Case", "case-1")
                        .header("X-End-User", "user-1")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"insz\":\"" + someone().insz().digits() + "\"}"))
                        .build();
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200 || !answer.body().contains("\"FOUND\"")) {
                    throw new IllegalStateException("consultation answered " + answer.statusCode());
                }
                done++;
            }
            return done;
        });
    }

    double bare(URI base, Duration duration) throws Exception {
        return OurAppends.rate(callers, duration, until -> {
            long done = 0;
            while (System.nanoTime() < until) {
                HttpRequest request = HttpRequest.newBuilder(
                                base.resolve(someone().holder().toString()))
                        .build();
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() != 200 || answer.body().length == 0) {
                    throw new IllegalStateException("the bare server answered " + answer.statusCode());
                }
                done++;
            }
            return done;
        });
    }
}
