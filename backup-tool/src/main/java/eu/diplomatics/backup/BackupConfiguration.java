package eu.diplomatics.backup;

import static java.util.stream.Collectors.joining;

import eu.diplomatics.backup.bundle.EnvironmentBundle;
import eu.diplomatics.backup.generation.EnvironmentFiles;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.LogTrust;
import eu.diplomatics.backup.generation.ManifestKeys;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.IndexProbes;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
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
 * @param copies other places by their names, that get every generation of the first; none when left out
 * @param databases logins by the name of the database: eventstore, accesslog, registry, keyring
 * @param manifestKey file with the private key that signs; absent where generations are only read
 * @param manifestKeys public keys that are believed, X.509 encoding, base64
 * @param segmentMegabytes after how many the next segment begins, before compression; 32 when left out
 * @param watched folder of this machine into which goes what is signed about backups, for who watches; nowhere when left out
 * @param environment what a generation takes along to run elsewhere; data alone when left out
 * @param log by whom the log's checkpoints have to be signed; absent where nobody looks at that
 * @param exports where exports lie, for drills that leave the custodian; none when left out
 */
record BackupConfiguration(
        PlaceConfiguration place,
        @Nullable Map<String, PlaceConfiguration> copies,
        Map<String, Login> databases,
        @Nullable CustodianAccess custodian,
        @Nullable Path manifestKey,
        List<String> manifestKeys,
        @Nullable Integer segmentMegabytes,
        @Nullable Path watched,
        @Nullable Environment environment,
        @Nullable LogKeys log,
        @Nullable Exports exports) {
    static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int SEGMENT_MEGABYTES = 32;

    /** How the first place is called. */
    static final String FIRST = "first";

    /**
     * @param applications folder with one folder of archives for each program
     * @param java a JDK
     * @param configuration folder of files that are not secret
     * @param work folder that is the program's own
     */
    record Environment(Path applications, Path java, Path configuration, Path work) {}

    /**
     * @param keys file with the log's verifier keys, one a line, as {@code GET /v1/log/key} answers them
     * @param witnesses verifier keys, which came from the controller
     */
    record LogKeys(Path keys, @Nullable List<String> witnesses) {
        LogTrust trust() throws IOException {
            try (Stream<String> lines = Files.lines(keys)) {
                return new LogTrust(
                        lines.filter(line -> !line.isBlank())
                                .map(VerifierKey::parse)
                                .toList(),
                        Objects.requireNonNullElse(witnesses, List.<String>of()).stream()
                                .map(VerifierKey::parse)
                                .toList());
            } catch (NoSuchFileException | NoteException | IllegalArgumentException e) {
                throw new ConfigurationException(
                        "the keys of the log, or of a witness, cannot be read",
                        "log.keys is a file with what GET /v1/log/key answers; log.witnesses has what witness key prints");
            }
        }
    }

    /**
     * @param place at the second provider
     * @param keys public keys of who signs exports, X.509 encoding, base64
     */
    record Exports(PlaceConfiguration place, List<String> keys) {
        List<byte[]> believed() {
            try {
                return keys.stream().map(Base64.getDecoder()::decode).toList();
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("exports.keys holds what is no base64", "backup --help");
            }
        }
    }

    /** @throws ConfigurationException where nothing is said about them */
    Exports requireExports() {
        if (exports == null || exports.place() == null || exports.keys() == null) {
            throw new ConfigurationException(
                    "exports, with place and keys, is missing", "it names the second provider's place");
        }
        return exports;
    }

    record Login(String url, String username, Path passwordFile) {
        DataSource source(String application) throws IOException {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(url);
            source.setUser(username);
            source.setPassword(BackupConfiguration.password(passwordFile));
            source.setApplicationName(application);
            return source;
        }
    }

    /** @param sites how many different sites have to wrap a key */
    record CustodianAccess(List<URI> endpoints, int sites, Path keyStore, Path trustStore, Path passwordFile) {
        HttpsCustodian open() throws IOException {
            return new HttpsCustodian(
                    endpoints,
                    sites,
                    IndexProbes.inMemory(),
                    keyStore,
                    trustStore,
                    BackupConfiguration.password(passwordFile).toCharArray());
        }
    }

    /** @throws ConfigurationException when it is none */
    static BackupConfiguration read(Path file) {
        BackupConfiguration read = read(file, BackupConfiguration.class);
        if (read.place == null || read.databases == null || read.manifestKeys == null) {
            throw new ConfigurationException("place, databases or manifestKeys is missing", "backup --help");
        }
        if (read.copyNames().contains(FIRST)) {
            throw new ConfigurationException("a copy is called " + FIRST, "that is the name of the place itself");
        }
        return read;
    }

    /** Where a generation is restored to. */
    record Target(Map<String, Login> databases) {
        static Target read(Path file) {
            Target read = BackupConfiguration.read(file, Target.class);
            if (read.databases == null) {
                throw new ConfigurationException("databases is missing in " + file, "backup restore --help");
            }
            return read;
        }

        Map<SourceDatabase, DataSource> migrators() throws IOException {
            return logins(databases, "restore");
        }
    }

    private static <T> T read(Path file, Class<T> form) {
        try {
            return STRICT.readValue(Files.readAllBytes(file), form);
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

    /** In the first place. */
    GenerationStore store() throws IOException {
        return store(FIRST);
    }

    /** In the first place, or in a copy of that name. */
    GenerationStore store(String name) throws IOException {
        List<byte[]> believed = manifestKeys.stream()
                .map(key -> Base64.getDecoder().decode(key))
                .toList();
        return new GenerationStore(openPlace(name), ManifestKeys.of(believed, Optional.ofNullable(manifestKey)));
    }

    Place openPlace(String name) throws IOException {
        PlaceConfiguration named = name.equals(FIRST) ? place : copies().get(name);
        if (named == null) {
            throw new ConfigurationException(
                    "there is no place of this name: " + name,
                    "there are " + FIRST
                            + copyNames().stream().map(each -> ", " + each).collect(joining()));
        }
        return named.open();
    }

    /** In their order. */
    List<String> copyNames() {
        return List.copyOf(copies().keySet());
    }

    @Override
    public Map<String, PlaceConfiguration> copies() {
        return copies == null ? Map.of() : copies;
    }

    long segmentBytes() {
        return (long) (segmentMegabytes == null ? SEGMENT_MEGABYTES : segmentMegabytes) << 20;
    }

    EnvironmentFiles environmentFiles() {
        return environment == null
                ? EnvironmentFiles.NONE
                : new EnvironmentBundle(
                        environment.applications(),
                        environment.java(),
                        environment.configuration(),
                        environment.work());
    }

    Map<SourceDatabase, DataSource> sources() throws IOException {
        return logins(databases, "backup");
    }

    private static Map<SourceDatabase, DataSource> logins(Map<String, Login> databases, String application)
            throws IOException {
        Map<SourceDatabase, DataSource> sources = new EnumMap<>(SourceDatabase.class);
        for (SourceDatabase database : SourceDatabase.values()) {
            Login login = databases.get(database.databaseName());
            if (login == null) {
                throw new ConfigurationException(
                        "databases has no " + database.name().toLowerCase(Locale.ROOT), "all four are needed");
            }
            sources.put(database, login.source(application));
        }
        return sources;
    }

    /** By whom checkpoints have to be signed; empty where that is not told. */
    Optional<LogTrust> logTrust() throws IOException {
        return log == null ? Optional.empty() : Optional.of(log.trust());
    }

    /** The folder of the custodian's certificate. */
    Path credentials() {
        if (custodian == null || custodian.keyStore().toAbsolutePath().getParent() == null) {
            throw new ConfigurationException("custodian is missing", "backup --help tells its members");
        }
        return custodian.keyStore().toAbsolutePath().getParent();
    }

    HttpsCustodian openCustodian() throws IOException {
        if (custodian == null) {
            throw new ConfigurationException("custodian is missing", "without it only verify --keyless and list work");
        }
        return custodian.open();
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
