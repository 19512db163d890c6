package eu.diplomatics.registry.setup;

import eu.diplomatics.edge.KafkaTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings under {@code diplomatics}. Passwords come from the environment or from files, never from a command line.
 *
 * @param testNumbers whether national numbers for tests (month raised by 60) are accepted
 * @param suppliers file of suppliers and the institutions they may register for
 * @param taxonomy file of the taxonomy in force; without it the one that comes with the software
 */
@ConfigurationProperties("diplomatics")
public record Settings(
        EventStore eventstore,
        Keyring keyring,
        Database registry,
        Custodian custodian,
        Kafka kafka,
        @DefaultValue Batches batches,
        @DefaultValue Transparency transparency,
        @DefaultValue Keys keys,
        @DefaultValue Backup backup,
        boolean testNumbers,
        @Nullable Path suppliers,
        @Nullable Path taxonomy) {
    public Settings {
        required(eventstore, "eventstore");
        required(keyring, "keyring");
        required(registry, "registry");
        required(custodian, "custodian");
        required(kafka, "kafka");
    }

    /** Binding leaves null what nobody set, whatever the type says. */
    private static void required(@Nullable Object value, String name) {
        if (value == null) {
            throw new IllegalArgumentException("setting diplomatics." + name + " is missing");
        }
    }

    /** The log's database, one login for each part this service plays in it. */
    public record EventStore(
            String url, Login writer, Login reader, Login relay, Login rekeyer, Login sealer, Login migrator) {
        public EventStore {
            required(url, "eventstore.url");
            required(writer, "eventstore.writer");
            required(reader, "eventstore.reader");
            required(relay, "eventstore.relay");
            required(rekeyer, "eventstore.rekeyer");
            required(sealer, "eventstore.sealer");
            required(migrator, "eventstore.migrator");
        }
    }

    /** A database with one login to work with and one to migrate it. */
    public record Database(String url, Login app, Login migrator) {
        public Database {
            required(url, "*.url");
            required(app, "*.app");
            required(migrator, "*.migrator");
        }
    }

    /** The keyring's database: to work with, to rewrite it, to migrate it. */
    public record Keyring(String url, Login app, Login rekeyer, Login migrator) {
        public Keyring {
            required(url, "keyring.url");
            required(app, "keyring.app");
            required(rekeyer, "keyring.rekeyer");
            required(migrator, "keyring.migrator");
        }
    }

    /** A database role and its password. */
    public record Login(String username, String password) {
        public Login {
            required(username, "*.username");
            required(password, "*.password");
        }

        @Override
        public String toString() {
            return "Login[" + username + ", redacted]";
        }
    }

    /**
     * Where the custodian answers and how to prove to it who we are.
     *
     * @param endpoints tried in this order
     * @param sites how many sites of the custodian have to wrap a key before it is used
     * @param lease how long an unwrapped key may be used without asking again
     */
    public record Custodian(
            List<URI> endpoints,
            @DefaultValue("1") int sites,
            Path keyStore,
            Path trustStore,
            String storePassword,
            @DefaultValue("15m") Duration lease) {
        @Override
        public String toString() {
            return "Custodian[" + endpoints + ", redacted]";
        }
    }

    /**
     * Where the relay publishes.
     *
     * @param topic name of incarnation and key generation
     * @param retention how long the broker keeps a record: short, since rebuilds read the store; null for that of
     *     {@link eu.diplomatics.retention.Kept#KAFKA}
     * @param tls how the broker is spoken to
     */
    public record Kafka(
            String bootstrapServers,
            @DefaultValue("diplomatics.events.1.1") String topic,
            @DefaultValue("4") int partitions,
            @Nullable Duration retention,
            @DefaultValue KafkaTls tls) {}

    /**
     * How keys grow old.
     *
     * @param periods crypto-period by name of the key, where it is another than the default
     * @param grace how long a key that is due may wait for its rotation before the service calls itself unready
     * @param nightly when the keyring is rewritten under a new KEK, UTC
     * @param indexByItself the most holders with which the keys of the blind index rotate without being asked: it takes two
     *     values of each at the custodian, of what the custodian allows for a day
     * @param destruction what the custodian needs to destroy epoch keys by schedule
     * @param commandIds how long an {@code Idempotency-Key} is recognised after the key of command ids was replaced
     * @param reencryptionShare of the time that a re-encryption works where its request does not say another; 1 is as
     *     fast as it can, and slows down everybody else
     */
    public record Keys(
            @DefaultValue Map<String, Duration> periods,
            @DefaultValue("6h") Duration grace,
            @DefaultValue("01:30") LocalTime nightly,
            @DefaultValue("1000000") int indexByItself,
            @DefaultValue Destruction destruction,
            @DefaultValue("30d") Duration commandIds,
            @DefaultValue("0.2") double reencryptionShare) {}

    /**
     * The end of epoch keys.
     *
     * @param schedules files with the controller's signed schedules, one for each site
     * @param receiptKeys the public keys (X.509 form, base64) of the sites' receipts, each as {@code SITE=KEY}
     * @param retry how long after an answer the same is asked again
     */
    public record Destruction(
            @DefaultValue List<Path> schedules,
            @DefaultValue List<String> receiptKeys,
            @DefaultValue("1h") Duration retry) {}

    /**
     * Where to read how backups are.
     *
     * @param index file with the signed index of generations
     * @param drills file with the signed index of drills
     * @param runs folder with the signed runs of operations on backups
     * @param manifestKeys public keys (X.509 form, base64) of which one has signed them
     * @param drillEvery how long after a drill that passed the next has to have
     */
    public record Backup(
            @Nullable Path index,
            @Nullable Path drills,
            @Nullable Path runs,
            @DefaultValue List<String> manifestKeys,
            @DefaultValue("8d") Duration drillEvery) {}

    /**
     * Files of registrations.
     *
     * @param retention how long after its end a job's rows and results can be fetched; then its key goes; null for
     *     that of {@link eu.diplomatics.retention.Kept#BATCHES}
     * @param uploads how many files may be received at the same time
     * @param uploadsPerSupplier how many of them from one supplier
     * @param patience how long a file's bytes may be waited for before they must come at 16 KiB a second on average
     * @param maxSize of one file
     */
    public record Batches(
            @Nullable Duration retention,
            @DefaultValue("12") int uploads,
            @DefaultValue("4") int uploadsPerSupplier,
            @DefaultValue("1m") Duration patience,
            @DefaultValue("2GB") DataSize maxSize) {}

    /**
     * How the log is sealed.
     *
     * @param name of this registry in its checkpoints, for ever: a host name or the like
     * @param interval at most so long between two checkpoints
     * @param soon as many leaves are not kept waiting for the interval
     * @param maxDelay how long a leaf may wait, as receipts promise; later is an alarm
     * @param changeover how long a checkpoint key signs on beside the one that followed it
     * @param witness who cosigns checkpoints; without one nobody does
     * @param timeStamps who stamps them; without one nobody does, and nothing calls out
     */
    public record Transparency(
            @DefaultValue("registry.invalid") String name,
            @DefaultValue("1m") Duration interval,
            @DefaultValue("4096") int soon,
            @DefaultValue("2m") Duration maxDelay,
            @DefaultValue("90d") Duration changeover,
            @Nullable Witness witness,
            @Nullable TimeStamps timeStamps) {}

    /**
     * A time-stamp authority (RFC 3161).
     *
     * @param url where requests are posted
     * @param certificates file with its certificate, or that of its issuer (PEM)
     * @param every at most so often
     */
    public record TimeStamps(
            URI url, Path certificates, @DefaultValue("1h") Duration every) {
        public TimeStamps {
            required(url, "transparency.time-stamps.url");
            required(certificates, "transparency.time-stamps.certificates");
        }
    }

    /**
     * The controller's witness.
     *
     * @param url to which {@code add-checkpoint} is appended
     * @param key its verifier key, which the controller gave
     * @param keyStore with what it is shown, where it asks for a certificate; then the trust store and password of both, too
     */
    public record Witness(
            URI url,
            String key,
            @Nullable Path keyStore,
            @Nullable Path trustStore,
            @Nullable String storePassword) {
        public Witness {
            required(url, "transparency.witness.url");
            required(key, "transparency.witness.key");
        }

        @Override
        public String toString() {
            return "Witness[" + url + "]";
        }
    }
}
