package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.diplomatics.led.LedSamples;
import eu.diplomatics.led.LedSamples.LedRecord;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

/** Every record of the LED's samples is registered in mode legacy; repeats are told from conflicts. */
class LedRegistrationTest {
    @Test
    void every_sample_is_accepted_once_and_its_repeats_are_duplicates_or_conflicts()
            throws IOException, XMLStreamException {
        Optional<Path> directory = LedSamples.directory();
        assumeTrue(directory.isPresent(), "the LED's samples lie in ../shared, which is absent here");
        Map<String, List<LedRecord>> bySupplier = LedSamples.read(directory.get()).stream()
                .collect(Collectors.groupingBy(
                        record -> record.supplier()
                                .strip()
                                .toLowerCase(Locale.ROOT)
                                .replace(' ', '-'),
                        LinkedHashMap::new,
                        Collectors.toList()));
        Map<String, Integer> counts = new TreeMap<>();
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            bySupplier.forEach((supplier, records) -> {
                Client client = registry.client().as("supplier:" + supplier);
                Batch batch = Batch.of(
                        client,
                        Batch.send(
                                client,
                                "application/x-ndjson",
                                UUID.randomUUID().toString(),
                                "?mode=legacy",
                                BodyPublishers.ofString(
                                        records.stream().map(LedRecord::json).collect(Collectors.joining("\n")))));
                batch.awaitDone();
                batch.results().forEach(result -> {
                    String status = result.path("status").asString();
                    String code = result.path("errors").path(0).path("code").asString("");
                    counts.merge(status.equals("REJECTED") ? code : status, 1, Integer::sum);
                });
            });
        }
        assertThat(counts).isEqualTo(Map.of("ACCEPTED", 49, "REFERENCE_CONFLICT", 19));
    }
}
