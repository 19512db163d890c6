package eu.diplomatics.registry.backup;

import eu.diplomatics.inventory.StatementFile;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The generations that count, as the manifest key signed them (docs/backup-format.md). */
record GenerationIndex(List<Generation> generations, Instant issuedAt) {
    private static final String TYPE = "diplomatics generation index v1";

    GenerationIndex {
        generations = List.copyOf(generations);
    }

    /** @param manifestHash SHA-256 of the manifest's statement, hex */
    record Generation(LocalDate day, String manifestHash, Instant verifiedAt) {}

    /** What a look at the file came to. */
    sealed interface Look {
        /** There is no file: no backup was ever made, or its place is away. */
        record Missing() implements Look {}

        /** There is one, of another form or signed by nobody who is believed. */
        record Unbelieved() implements Look {}

        record Believed(GenerationIndex index) implements Look {}
    }

    static Look read(Path file, List<byte[]> manifestKeys) {
        if (!file.toFile().exists()) {
            return new Look.Missing();
        }
        return StatementFile.read(file)
                .filter(signed -> ManifestSignature.isBelieved(manifestKeys, TYPE, signed))
                .flatMap(GenerationIndex::parse)
                .<Look>map(Look.Believed::new)
                .orElseGet(Look.Unbelieved::new);
    }

    private static Optional<GenerationIndex> parse(SignedStatement signed) {
        try {
            JsonNode json = JsonMapper.shared().readTree(signed.statement());
            if (!json.path("type").asString("").equals(TYPE)) {
                return Optional.empty();
            }
            List<Generation> generations = json.path("generations")
                    .valueStream()
                    .map(each -> new Generation(
                            LocalDate.parse(each.path("day").asString()),
                            each.path("manifestHash").asString(),
                            Instant.parse(each.path("verifiedAt").asString())))
                    .toList();
            return Optional.of(new GenerationIndex(
                    generations, Instant.parse(json.path("issuedAt").asString())));
        } catch (JacksonException | DateTimeException e) {
            return Optional.empty();
        }
    }

    Optional<Generation> newest() {
        return generations.stream().max(Comparator.comparing(Generation::verifiedAt));
    }
}
