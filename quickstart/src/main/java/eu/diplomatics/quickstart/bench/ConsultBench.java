package eu.diplomatics.quickstart.bench;

import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.local.LocalPostgres;
import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.bench.BenchPeople.Person;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Consultations by national number, each with its durable row in the access log, through the service as it is run;
 * against one indexed select and one durable insert of such a row for each request to the same HTTP server, which is
 * the least that an answer with an entry in a log can cost. Beside it, each of the two alone.
 */
final class ConsultBench implements Benchmark {
    private static final int PEOPLE = 5_000;
    private static final int CALLERS = 32;
    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofSeconds(4);
    private static final Duration RAMP = Duration.ofSeconds(1);
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final int MOST_WARM_UPS = 30;
    private static final int WITHOUT_GAIN = 5;
    private static final double STEADY = 1.03;

    @Override
    public String purpose() {
        return "consult by number over HTTP, logged first; limit: a select and a durable insert over HTTP";
    }

    @Override
    public void run(BenchReport report) throws Exception {
        try (BenchHouse house = BenchHouse.open("consult-bench", LocalPostgres.settings())) {
            List<Person> people = house.asRegistry(parts -> {
                parts.keyring().secret("access-log-seal").close();
                HolderIndex index =
                        new HolderIndex(new BlindIndex(parts.keyring(), parts.custodian()), parts.keyring());
                return new BenchPeople(parts.keyring(), index, parts.log()).register(PEOPLE);
            });
            measure(report, house, people);
        }
    }

    private static void measure(BenchReport report, BenchHouse house, List<Person> people) throws Exception {
        BenchServices services = house.services();
        LocalPostgres postgres = house.postgres();
        try (BenchServices.Running query = services.startQuery(Ports.free());
                BenchServices.Running bareServer = services.startBare(Ports.free());
                DurableInserts inserts = new DurableInserts(postgres, CALLERS)) {
            ConsultCalls calls = new ConsultCalls(people, CALLERS);
            Rate consult = time -> calls.consult(query.base(), time);
            Rate bare = time -> calls.bare(bareServer.base().resolve(BareServer.LOGGED), time);
            Rate select = time -> calls.bare(bareServer.base().resolve(BareServer.SELECT), time);
            List<Rate> rates = List.of(consult, bare, select, inserts::perSecond);
            List<List<Double>> measured = new ArrayList<>();
            for (Rate rate : rates) {
                warmUp(rate);
                measured.add(new ArrayList<>());
            }
            for (int round = 0; round < ROUNDS; round++) {
                report.commitProbe(CommitProbe.perSecond(postgres));
                for (int i = 0; i < rates.size(); i++) {
                    measured.get(i).add(settled(house, rates.get(i)));
                }
            }
            List<Double> ours = measured.get(0);
            report.add("consult-insz", ours, measured.get(1), "consultations/s");
            report.add("beside it: select alone over HTTP", ours, measured.get(2), "answers/s");
            report.add("beside it: durable insert alone", ours, measured.get(3), "rows/s");
        }
    }

    private interface Rate {
        double perSecond(Duration duration) throws Exception;
    }

    /** Until it gets no faster: a server that has just started spends its time on compiling itself. */
    private static void warmUp(Rate rate) throws Exception {
        double best = rate.perSecond(WARM_UP);
        int withoutGain = 0;
        for (int i = 0; i < MOST_WARM_UPS && withoutGain < WITHOUT_GAIN; i++) {
            double now = rate.perSecond(WARM_UP);
            withoutGain = now > best * STEADY ? 0 : withoutGain + 1;
            best = Math.max(best, now);
        }
    }

    /** What the one before left to be written is written first, and connections are taken up before the clock runs. */
    private static double settled(BenchHouse house, Rate rate) throws Exception {
        house.settle();
        rate.perSecond(RAMP);
        return rate.perSecond(ROUND);
    }
}
