package eu.diplomatics.registry.inventory;

import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.inventory.Finding;
import eu.diplomatics.inventory.Holding;
import eu.diplomatics.inventory.Report;
import eu.diplomatics.registry.relay.Relay;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What lies in Kafka: a topic for each generation of data keys. */
final class TopicArtefacts implements ArtefactSource {
    private static final String STORE = "kafka";
    private static final String TOPIC = "topic";

    private final Relay relay;

    TopicArtefacts(Relay relay) {
        this.relay = relay;
    }

    @Override
    public void report(Report report) {
        try {
            relay.records()
                    .forEach((generation, records) -> report.holding(
                            new Holding(STORE, TOPIC, null, Holding.DATA_KEYS, Integer.toString(generation), records)));
        } catch (ExecutionException | TimeoutException e) {
            notSeen(report);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            notSeen(report);
        }
    }

    private static void notSeen(Report report) {
        report.finding(new Finding(Finding.Code.NOT_SEEN, STORE + "." + TOPIC, 0, "Kafka does not answer"));
    }
}
