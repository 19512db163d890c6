package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.ManifestKeys;
import eu.diplomatics.backup.place.LocalPlace;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.IndexProbes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the tool runs with: a JSON file. Passwords stand in files of their own.
 *
 * @param databases logins by the name of the database: eventstore, accesslog, registry, keyring
 * @param manifestKey file with the private key that signs; absent where generations are only read
 * @param manifestKeys public keys that are believed, X.509 encoding, base64
 * @param segmentMegabytes after how many the next segment begins, before compression; 32 when left out
 */
record BackupConfiguration(
        Place place,
        Map<String, Login> databases,
        @Nullable CustodianAccess custodian,
        @Nullable Path manifestKey,
        List<String> manifestKeys,
        @Nullable Integer segmentMegabytes) {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int SEGMENT_MEGABYTES = 32;

    /** @param directory for kind {@code local} */
    record Place(String kind, Path directory) {}

    record Login(String url, String username, Path passwordFile) {}

    /** @param sites how many different sites have to wrap a key */
    record CustodianAccess(List<URI> endpoints, int sites, Path keyStore, Path trustStore, Path passwordFile) {}

    /** @throws ConfigurationException when it is none */
    static BackupConfiguration read(Path file) {
        try {
            BackupConfiguration read = STRICT.readValue(Files.readAllBytes(file), BackupConfiguration.class);
            if (read.place == null || read.databases == null || read.manifestKeys == null) {
                throw new ConfigurationException("place, databases or manifestKeys is missing", "backup --help");
            }
            return read;
        } catch (IOException e) {
            throw new ConfigurationException("configuration " + file + " cannot be read", "give it with --config FILE");
        } catch (JacksonException e) {
            throw new ConfigurationException(
                    "configuration " + file + " is not of the form it has to be"
                            + e.getPath().stream()
                                    .map(step -> step.getPropertyName())
                                    .filter(name -> name != null)
                                    .reduce("", (one, other) -> one + " /" + other),
                    "backup --help tells its members");
        }
    }

    GenerationStore store() throws IOException {
        if (!place.kind().equals("local")) {
            throw new ConfigurationException("no kind of place: " + place.kind(), "local is the only one");
        }
        List<byte[]> believed = manifestKeys.stream()
                .map(key -> Base64.getDecoder().decode(key))
                .toList();
        return new GenerationStore(
                new LocalPlace(place.directory()), ManifestKeys.of(believed, Optional.ofNullable(manifestKey)));
    }

    long segmentBytes() {
        return (long) (segmentMegabytes == null ? SEGMENT_MEGABYTES : segmentMegabytes) << 20;
    }

    Map<SourceDatabase, DataSource> sources() throws IOException {
        Map<SourceDatabase, DataSource> sources = new EnumMap<>(SourceDatabase.class);
        for (SourceDatabase database : SourceDatabase.values()) {
            Login login = databases.get(database.databaseName());
            if (login == null) {
                throw new ConfigurationException(
                        "databases has no " + database.name().toLowerCase(Locale.ROOT), "all four are needed");
            }
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(login.url());
            source.setUser(login.username());
            source.setPassword(password(login.passwordFile()));
            source.setApplicationName("backup");
            sources.put(database, source);
        }
        return sources;
    }

    HttpsCustodian openCustodian() throws IOException {
        if (custodian == null) {
            throw new ConfigurationException("custodian is missing", "without it only verify --keyless and list work");
        }
        return new HttpsCustodian(
                custodian.endpoints(),
                custodian.sites(),
                IndexProbes.inMemory(),
                custodian.keyStore(),
                custodian.trustStore(),
                password(custodian.passwordFile()).toCharArray());
    }

    private static String password(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    /** Logins without what they open. */
    @Override
    public String toString() {
        return "BackupConfiguration[" + place + "]";
    }
}
