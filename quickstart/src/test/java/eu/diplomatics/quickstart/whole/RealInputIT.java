package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.diplomatics.led.LedSamples;
import eu.diplomatics.led.LedSamples.LedRecord;
import eu.diplomatics.quickstart.whole.WholeRegistry.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every record of the LED's samples, registered in mode legacy and consulted again by the number inside the record. The
 * derived data are kept as supplied and not compared.
 */
class RealInputIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path folder;

    @Test
    void everySampleIsAnsweredAsItWasRegistered() throws Exception {
        Optional<Path> directory = LedSamples.directory();
        assumeTrue(directory.isPresent(), "the LED's samples lie in ../shared, which is absent here");
        Map<String, List<LedRecord>> bySupplier = LedSamples.read(directory.get()).stream()
                .collect(Collectors.groupingBy(RealInputIT::supplier, LinkedHashMap::new, Collectors.toList()));
        Map<String, Integer> answered = new TreeMap<>();
        Map<String, JsonNode> firsts = new HashMap<>();
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home")).start()) {
            for (Map.Entry<String, List<LedRecord>> entry : bySupplier.entrySet()) {
                List<LedRecord> records = entry.getValue();
                List<JsonNode> results = register(registry, entry.getKey(), records);
                assertThat(results).as("an answer for each row").hasSameSizeAs(records);
                for (int i = 0; i < records.size(); i++) {
                    JsonNode result = results.get(i);
                    String status = result.path("status").asString();
                    String outcome = status.equals("REJECTED")
                            ? result.path("errors").path(0).path("code").asString()
                            : status;
                    assertThat(outcome)
                            .as("row " + (i + 1) + " of " + entry.getKey())
                            .isEqualTo(expected(entry.getKey(), records.get(i), firsts));
                    answered.merge(outcome, 1, Integer::sum);
                    if (status.equals("ACCEPTED")) {
                        assertThat(basisAnswered(registry, records.get(i), result.path("receipt")))
                                .isEqualTo(collapsed(
                                        JSON.readTree(records.get(i).json()).path("basis")));
                    }
                }
            }
        }
        assertThat(answered).isEqualTo(Map.of("ACCEPTED", 49, "REFERENCE_CONFLICT", 19));
    }

    /** The first of each supplier's reference is accepted; the same again is known, other content is a conflict. */
    private static String expected(String supplier, LedRecord led, Map<String, JsonNode> firsts) {
        JsonNode sent = collapsed(JSON.readTree(led.json()));
        String reference = sent.path("supplierReference").asString();
        JsonNode first = firsts.putIfAbsent(supplier + " " + reference, sent);
        if (first == null) {
            return "ACCEPTED";
        }
        return first.path("holder").equals(sent.path("holder"))
                        && first.path("basis").equals(sent.path("basis"))
                ? "DUPLICATE"
                : "REFERENCE_CONFLICT";
    }

    private static List<JsonNode> register(WholeRegistry registry, String supplier, List<LedRecord> records)
            throws IOException, InterruptedException {
        String lines = records.stream().map(LedRecord::json).collect(Collectors.joining("\n"));
        Answer accepted =
                registry.batch("/v1/batches?mode=legacy", supplier, "led-samples", "application/x-ndjson", lines);
        assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
        String job = "/v1/batches/" + accepted.json().path("id").asString();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> registry.registryGet(job, supplier)
                        .json()
                        .path("state")
                        .asString()
                        .equals("DONE"));
        return registry.registryGet(job + "/results", supplier)
                .text()
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    private static JsonNode basisAnswered(WholeRegistry registry, LedRecord led, JsonNode receipt)
            throws IOException, InterruptedException {
        Answer answer = registry.consult(led.insz(), receipt.path("position").asLong());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        for (JsonNode found : answer.json().path("qualifications")) {
            if (found.path("reference").equals(receipt.path("reference"))) {
                assertThat(found.path("holder").path("insz").asString()).isEqualTo(led.insz());
                return collapsed(found.path("basis"));
            }
        }
        throw new AssertionError("a registered sample of " + led.file() + " is not among the answers");
    }

    /** With each run of XML white space as one space: all in which an answer may differ from what was sent. */
    private static JsonNode collapsed(JsonNode node) {
        return JSON.readTree(node.toString().replaceAll("(\\\\[nrt]| )+", " ").replaceAll("\" | \"", "\""));
    }

    private static String supplier(LedRecord led) {
        return led.supplier().toLowerCase(Locale.ROOT).replace(' ', '-');
    }
}
