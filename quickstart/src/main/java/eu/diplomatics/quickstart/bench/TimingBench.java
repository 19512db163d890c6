package eu.diplomatics.quickstart.bench;

import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Ports;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.quickstart.bench.BenchPeople.Person;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Whether the time of an answer tells if somebody is known: one caller, one request after the other, about people who are
 * known and numbers that are nobody's, in a random order. Medians in microseconds; the ratio is to be between 0.95 and 1.05.
 */
final class TimingBench implements Benchmark {
    private static final int PEOPLE = 2_000;
    private static final int WARM_UP = 4_000;
    private static final int EACH = Integer.getInteger("diplomatics.bench.timing.each", 2_000);
    private static final String YES = "{\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":1},\"on\":\"2026-01-01\"}";
    private static final String NO = "{\"levelAtLeast\":{\"framework\":\"EQF\",\"level\":8},\"on\":\"1990-01-01\"}";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random = new Random(1);

    @Override
    public String purpose() {
        return "the time of answers about somebody known, beside answers about nobody";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        try (BenchHouse house = BenchHouse.open("timing-bench", LocalPostgres.settings())) {
            List<Person> people = house.asRegistry(parts -> {
                parts.keyring().secret("access-log-seal").close();
                HolderIndex index =
                        new HolderIndex(new BlindIndex(parts.keyring(), parts.custodian()), parts.keyring());
                return new BenchPeople(parts.keyring(), index, parts.log()).register(PEOPLE);
            });
            List<Insz> known = people.stream().map(Person::insz).toList();
            List<Insz> nobody = strangers(known);
            try (BenchServices.Running query = house.services().startQuery(Ports.free())) {
                URI consultations = query.base().resolve("/v1/consultations");
                URI predicates = query.base().resolve("/v1/predicates");
                compare(
                        report,
                        "consultation",
                        new Asked(consultations, known, ""),
                        new Asked(consultations, nobody, ""));
                String before = ",\"asOf\":\"2001-01-01T00:00:00Z\"";
                compare(
                        report,
                        "consultation, before any record",
                        new Asked(consultations, known, before),
                        new Asked(consultations, nobody, before));
                for (String question : List.of(YES, NO)) {
                    String asked = ",\"question\":" + question;
                    compare(
                            report,
                            question.equals(YES) ? "predicate, mostly yes" : "predicate, no",
                            new Asked(predicates, known, asked),
                            new Asked(predicates, nobody, asked));
                }
            }
            report.note("ours: about somebody known; limit: about nobody; each the median of " + EACH + " answers");
        }
    }

    /** Of numbers that are well-formed, and nobody's. */
    private static List<Insz> strangers(List<Insz> known) {
        List<Insz> nobody = new ArrayList<>();
        for (int i = 0; nobody.size() < PEOPLE; i++) {
            long nine = 156_101_000L + i / 900 * 1_000L + i % 900 + 1;
            Insz insz = new Insz("%09d%02d".formatted(nine, 97 - nine % 97));
            if (!known.contains(insz)) {
                nobody.add(insz);
            }
        }
        return nobody;
    }

    /** @param more of the body, behind the number */
    private record Asked(URI where, List<Insz> numbers, String more) {}

    private void compare(BenchReport report, String row, Asked somebody, Asked nobody) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            micros(i % 2 == 0 ? somebody : nobody);
        }
        List<Boolean> order = new ArrayList<>(Collections.nCopies(EACH, true));
        order.addAll(Collections.nCopies(EACH, false));
        Collections.shuffle(order, random);
        List<Double> hits = new ArrayList<>();
        List<Double> misses = new ArrayList<>();
        for (boolean hit : order) {
            (hit ? hits : misses).add(micros(hit ? somebody : nobody));
        }
        report.add(row, hits, misses, "microseconds");
    }

    private double micros(Asked asked) throws IOException, InterruptedException {
        Insz insz = asked.numbers().get(random.nextInt(asked.numbers().size()));
        HttpRequest request = HttpRequest.newBuilder(asked.where())
                .header("Content-Type", "application/json")
                .header("X-Caller", "agency:bench")
                .header("X-Purpose", "benchmark")
                .header("X-Case", "case-1")
                .header("X-End-User", "user-1")
                .POST(BodyPublishers.ofString("{\"insz\":\"" + insz.digits() + "\"" + asked.more() + "}"))
                .build();
        long began = System.nanoTime();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        double micros = (System.nanoTime() - began) / 1e3;
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("answered " + answer.statusCode());
        }
        return micros;
    }
}
