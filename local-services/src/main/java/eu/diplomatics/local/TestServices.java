package eu.diplomatics.local;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one place from which tests take PostgreSQL and Kafka. Embedded by default; containers when the system property
 * {@code diplomatics.services} says {@code containers}, which fails where no container engine answers.
 *
 * <p>The shared instances live as long as the test JVM; a test class takes fresh databases in them. A test that kills
 * or stops a service takes an instance of its own and closes it.
 */
public final class TestServices {
    private static final String PROPERTY = "diplomatics.services";
    private static final Map<String, String> PASSWORDS = new ConcurrentHashMap<>();
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Object LOCK = new Object();

    private static @Nullable PostgresInstance postgres;
    private static @Nullable KafkaInstance kafka;

    private TestServices() {}

    /** The PostgreSQL server shared by the tests of this JVM; never kill or stop it. */
    public static PostgresInstance postgres() {
        synchronized (LOCK) {
            if (postgres == null) {
                postgres = dedicatedPostgres();
            }
            return postgres;
        }
    }

    /** A fresh, empty database of the kind in the shared server. */
    public static DatabaseAccess database(Database database) {
        return database(postgres(), database);
    }

    /** A fresh, empty database of the kind in a server of the test's own. */
    public static DatabaseAccess database(PostgresInstance instance, Database database) {
        LocalDatabases databases =
                new LocalDatabases(instance, role -> PASSWORDS.computeIfAbsent(role, any -> Passwords.random()));
        synchronized (LOCK) {
            return databases.create(database, database.databaseName() + "_" + NUMBER.incrementAndGet());
        }
    }

    /** A fresh database of every kind in the shared server. */
    public static Map<Database, DatabaseAccess> databases() {
        return databases(postgres());
    }

    /** A fresh database of every kind in a server of the test's own. */
    public static Map<Database, DatabaseAccess> databases(PostgresInstance instance) {
        Map<Database, DatabaseAccess> all = new EnumMap<>(Database.class);
        for (Database database : Database.values()) {
            all.put(database, database(instance, database));
        }
        return all;
    }

    /** A PostgreSQL server for one test, which may kill it and closes it. */
    public static PostgresInstance dedicatedPostgres() {
        return containers() ? ContainerPostgres.start() : LocalPostgres.temporary();
    }

    /** The broker shared by the tests of this JVM; take topics of your own, never stop it. */
    public static KafkaInstance kafka() {
        synchronized (LOCK) {
            if (kafka == null) {
                kafka = containers() ? ContainerKafka.start() : LocalKafka.temporary();
            }
            return kafka;
        }
    }

    /** A broker for one test, which may kill it and closes it. */
    public static KafkaInstance dedicatedKafka() {
        return containers() ? ContainerKafka.start() : LocalKafka.temporaryProcess();
    }

    /** Whether services run in containers in this run. */
    public static boolean containers() {
        String kind = System.getProperty(PROPERTY, "embedded");
        return switch (kind) {
            case "embedded" -> false;
            case "containers" -> true;
            default -> throw new IllegalArgumentException(PROPERTY + " is embedded or containers");
        };
    }
}
