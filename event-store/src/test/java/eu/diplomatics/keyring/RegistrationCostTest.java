package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.Insz;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever registers 500 rows at once must not pay 500 times. */
class RegistrationCostTest {
    private static final int ROWS = 500;

    @TempDir
    Path directory;

    @Test
    void fiveHundredRowsCostOneCustodianCallAndTwoStatements() throws Exception {
        try (KeyringFixture fixture = KeyringFixture.create(directory);
                KekLease lease = fixture.lease("registry")) {
            AtomicInteger statements = new AtomicInteger();
            Keyring keyring = new Keyring(counting(fixture.dataSource("registry"), statements), lease);
            HolderIndex index =
                    new HolderIndex(new BlindIndex(keyring, fixture.custodian().client("registry")), keyring);
            register(keyring, index, 0);

            statements.set(0);
            long auditLines = fixture.custodian().audit().lines().count();
            register(keyring, index, ROWS);
            assertThat(statements).hasValue(2);
            assertThat(fixture.custodian().audit().lines().skip(auditLines))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("\"INDEX\"")
                    .contains("\"holder-index\":" + ROWS);

            Duration best = IntStream.range(2, 12)
                    .mapToObj(round -> {
                        long start = System.nanoTime();
                        register(keyring, index, round * ROWS);
                        return Duration.ofNanos(System.nanoTime() - start);
                    })
                    .min(Duration::compareTo)
                    .orElseThrow();
            System.out.println("keys and holders of " + ROWS + " registrations: best of 10 " + best.toMillis() + " ms");
        }
    }

    private static void register(Keyring keyring, HolderIndex index, int from) {
        Map<IndexTerm, UUID> holders = index.claim(IntStream.range(from, from + ROWS)
                .mapToObj(i -> new HolderIndex.Claim(IndexTerm.holder(testNumber(i)), UUID.randomUUID(), null))
                .toList());
        List<NewKey> keys = new ArrayList<>();
        holders.values().forEach(holder -> keys.add(NewKey.first(holder, KeyRegime.ERASABLE)));
        IntStream.range(0, ROWS).forEach(i -> keys.add(NewKey.first(UUID.randomUUID(), KeyRegime.STATUTORY)));
        keyring.create(keys).values().forEach(DataKey::close);
    }

    /** A test number: months from 61. */
    private static Insz testNumber(int number) {
        long nine =
                850_000_000L + (61 + number / 997 % 12) * 100_000L + (1 + number / 11_964 % 28) * 1_000L + number % 997;
        return new Insz("%09d%02d".formatted(nine, 97 - nine % 97));
    }

    private static DataSource counting(DataSource source, AtomicInteger statements) {
        return proxy(
                DataSource.class,
                source,
                (name, result) -> name.equals("getConnection")
                        ? proxy(Connection.class, (Connection) result, (method, made) -> {
                            if (method.equals("prepareStatement")) {
                                statements.incrementAndGet();
                            }
                            return made;
                        })
                        : result);
    }

    private interface After {
        Object apply(String method, Object result);
    }

    private static <T> T proxy(Class<T> type, T target, After after) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return after.apply(method.getName(), method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
