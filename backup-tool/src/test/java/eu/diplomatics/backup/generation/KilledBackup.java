package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.place.LocalPlace;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.keyring.HttpsCustodian;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that makes a backup and dies where it is told to, as by SIGKILL: nothing is closed, nothing is flushed. */
public final class KilledBackup {
    public static final int KILLED = 137;

    private KilledBackup() {}

    /** The configuration, the step, the how manieth time it is reached, and how far the clock is ahead. */
    public static void main(String[] args) throws Exception {
        JsonNode configuration = JsonMapper.shared().readTree(Files.readAllBytes(Path.of(args[0])));
        CreateGeneration.Step at = CreateGeneration.Step.valueOf(args[1]);
        int[] left = {Integer.parseInt(args[2])};
        Duration ahead = Duration.parse(args[3]);
        try (HttpsCustodian client = custodian(configuration)) {
            new CreateGeneration(
                            store(configuration),
                            sources(configuration),
                            client,
                            () -> Instant.now().plus(ahead),
                            new CreateGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"),
                            (table, rows, bytes) -> {},
                            step -> {
                                if (step == at && --left[0] == 0) {
                                    Runtime.getRuntime().halt(KILLED);
                                }
                            })
                    .create();
        }
    }

    public static HttpsCustodian custodian(JsonNode configuration) throws Exception {
        JsonNode custodian = configuration.path("custodian");
        return new HttpsCustodian(
                List.of(URI.create(custodian.path("endpoints").path(0).asString())),
                Path.of(custodian.path("keyStore").asString()),
                Path.of(custodian.path("trustStore").asString()),
                password(custodian).toCharArray());
    }

    public static GenerationStore store(JsonNode configuration) throws Exception {
        return new GenerationStore(
                new LocalPlace(
                        Path.of(configuration.path("place").path("directory").asString())),
                ManifestKeys.of(
                        List.of(Base64.getDecoder()
                                .decode(configuration
                                        .path("manifestKeys")
                                        .path(0)
                                        .asString())),
                        Optional.of(Path.of(configuration.path("manifestKey").asString()))));
    }

    public static Map<SourceDatabase, DataSource> sources(JsonNode configuration) throws Exception {
        Map<SourceDatabase, DataSource> sources = new EnumMap<>(SourceDatabase.class);
        for (SourceDatabase database : SourceDatabase.values()) {
            JsonNode login = configuration.path("databases").path(database.databaseName());
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(login.path("url").asString());
            source.setUser(login.path("username").asString());
            source.setPassword(password(login));
            sources.put(database, source);
        }
        return sources;
    }

    private static String password(JsonNode from) throws Exception {
        return Files.readString(Path.of(from.path("passwordFile").asString())).strip();
    }
}
