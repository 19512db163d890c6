package eu.diplomatics.query.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.query.shipping.Shipping.Step;
import eu.diplomatics.query.shipping.ShippingException.Reason;
import eu.diplomatics.query.shipping.ShippingState.Delay;
import eu.diplomatics.query.shipping.ShippingState.Trouble;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** R06: the access log reaches the controller's own database, whole, once and in its order, whatever ends on the way. */
class ShippingTest {
    private final ShippingFixture fixture = new ShippingFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** The process ends here: nothing is closed, nothing is tidied up. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void everyRowIsThereInTheOrderOfTheLogSealedAsItIs() throws SQLException {
        fixture.sealed(3, 2 * LogToShip.ROWS_AT_ONCE, 7);

        fixture.shipAll();
        fixture.shipAll();

        assertThat(fixture.copy()).hasSize(2 * LogToShip.ROWS_AT_ONCE + 10).isEqualTo(fixture.log());
        assertThat(fixture.atTheController("SELECT size FROM shipped.checkpoint ORDER BY size"))
                .containsExactly("3", "1003", "1010");
    }

    @Test
    void rowsGoOnBeforeTheyAreUnderACheckpointAndTheCheckpointFollows() throws SQLException {
        fixture.sealed(4);
        fixture.tamperWithTheLog(
                "CREATE TABLE accesslog.kept AS SELECT * FROM accesslog.checkpoint",
                "DELETE FROM accesslog.checkpoint");
        Shipping shipping = fixture.shipping();
        shipping.ship();
        assertThat(fixture.copy()).isEqualTo(fixture.log()).hasSize(4);
        assertThat(fixture.atTheController("SELECT size FROM shipped.checkpoint"))
                .isEmpty();

        fixture.tamperWithTheLog(
                "INSERT INTO accesslog.checkpoint SELECT * FROM accesslog.kept",
                "INSERT INTO accesslog.cosignature (size, witness, line) VALUES (4, 'controller.example', 'a line')");
        shipping.ship();

        assertThat(fixture.atTheController("SELECT size FROM shipped.checkpoint"))
                .containsExactly("4");
        assertThat(fixture.atTheController("SELECT size || witness || line FROM shipped.cosignature"))
                .containsExactly("4controller.examplea line");
    }

    @ParameterizedTest
    @EnumSource
    void aProcessThatEndsAtAnyStepLosesNothingAndDoublesNothing(Step killedAt) throws SQLException {
        fixture.sealed(4 * LogToShip.ROWS_AT_ONCE, 30);
        AtomicInteger killed = new AtomicInteger();
        boolean more = true;
        while (more) {
            AtomicInteger passed = new AtomicInteger();
            Shipping shipping = fixture.shipping(step -> {
                // each process gets one parcel further than it began, and ends in the next
                if (step == killedAt && passed.incrementAndGet() == 2) {
                    killed.incrementAndGet();
                    throw new Killed();
                }
            });
            try {
                while (more) {
                    more = shipping.ship();
                }
            } catch (Killed e) {
                List<String> copy = fixture.copy();
                assertThat(copy).isEqualTo(fixture.log().subList(0, copy.size()));
            }
        }
        assertThat(killed).hasValueGreaterThan(1);
        assertThat(fixture.copy()).isEqualTo(fixture.log()).hasSize(4 * LogToShip.ROWS_AT_ONCE + 30);
    }

    @Test
    void theControllersServerMayEndAtAnyMoment() throws Exception {
        try (PostgresInstance server = TestServices.dedicatedPostgres();
                ShippingFixture there = new ShippingFixture(server)) {
            there.sealed(3 * LogToShip.ROWS_AT_ONCE);
            AtomicInteger steps = new AtomicInteger();
            List<Step> kills = new ArrayList<>();
            Shipping shipping = there.shipping(step -> {
                if (steps.incrementAndGet() % 4 == 2) {
                    kills.add(step);
                    server.kill();
                }
            });
            boolean more = true;
            while (more) {
                try {
                    more = shipping.ship();
                } catch (SQLException e) {
                    server.restart();
                }
            }
            server.restart();
            assertThat(kills).contains(Step.READ, Step.TAKEN);
            assertThat(there.copy()).isEqualTo(there.log()).hasSize(3 * LogToShip.ROWS_AT_ONCE);
        }
    }

    @Test
    void twoServicesThatShipTheSameLogDoNotDoubleIt() throws Exception {
        fixture.sealed(4 * LogToShip.ROWS_AT_ONCE + 11);
        Callable<Void> one = () -> {
            fixture.shipAll();
            return null;
        };
        try (ExecutorService both = Executors.newFixedThreadPool(2)) {
            for (Future<Void> each : both.invokeAll(List.of(one, one))) {
                each.get();
            }
        }
        assertThat(fixture.copy()).isEqualTo(fixture.log()).hasSize(4 * LogToShip.ROWS_AT_ONCE + 11);
    }

    @Test
    void aRowThatIsNoMoreGoesAsItsLeafSoThatNothingIsMissingBetween() throws SQLException {
        fixture.sealed(6);
        fixture.tamperWithTheLog(
                "DELETE FROM accesslog.entry e USING accesslog.leaf l WHERE l.entry = e.id AND l.position <= 2");

        fixture.shipAll();

        assertThat(fixture.copy()).isEqualTo(fixture.log()).hasSize(6);
        assertThat(fixture.atTheController("SELECT position FROM shipped.access WHERE sealed IS NULL"))
                .containsExactly("1", "2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLogThatWasPutBackIsNotShippedOver(boolean grownAgain) throws SQLException {
        fixture.sealed(5);
        fixture.shipAll();
        List<String> shipped = fixture.copy();
        fixture.tamperWithTheLog(
                "DELETE FROM accesslog.leaf WHERE position > 3",
                "DELETE FROM accesslog.checkpoint",
                "DELETE FROM accesslog.entry WHERE id NOT IN (SELECT entry FROM accesslog.leaf)");
        if (grownAgain) {
            fixture.tamperWithTheLog("""
                    INSERT INTO accesslog.leaf (position, entry, at, leaf)
                    SELECT n, gen_random_uuid(), now(), sha256(int4send(n)) FROM generate_series(4, 9) AS n""");
        }

        assertThatThrownBy(fixture::shipAll)
                .isInstanceOfSatisfying(
                        ShippingException.class,
                        e -> assertThat(e.reason()).isEqualTo(grownAgain ? Reason.CONTRADICTED : Reason.LOG_CUT));
        assertThat(fixture.copy()).isEqualTo(shipped);
    }

    @Test
    void aCopyThatWasPutBackGetsWhatItLost() throws SQLException {
        fixture.sealed(9);
        Shipping shipping = fixture.shipping();
        shipping.ship();
        fixture.tamperWithTheCopy("DELETE FROM shipped.access WHERE position > 4", "DELETE FROM shipped.checkpoint");

        assertThatThrownBy(shipping::ship).isInstanceOf(SQLException.class);
        shipping.ship();

        assertThat(fixture.copy()).isEqualTo(fixture.log()).hasSize(9);
        assertThat(fixture.atTheController("SELECT size FROM shipped.checkpoint"))
                .containsExactly("9");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            shipper | SELECT position FROM shipped.access
            shipper | SELECT size FROM shipped.checkpoint
            shipper | INSERT INTO shipped.access (position) VALUES (1)
            shipper | UPDATE shipped.access SET sealed = NULL
            shipper | DELETE FROM shipped.access
            shipper | TRUNCATE shipped.access
            shipper | DELETE FROM shipped.checkpoint
            shipper | INSERT INTO shipped.cosignature VALUES (1, 'w', 'l')
            shipper | SELECT shipped.forget(now() - interval '2 years')
            shipper | SELECT shipped.refuse_change()
            shipper | SET ROLE cl_owner
            shipper | SET ROLE cl_migrator
            shipper | ALTER TABLE shipped.access DISABLE TRIGGER ALL
            shipper | CREATE TABLE shipped.mine (a integer)
            shipper | CREATE TEMPORARY TABLE mine (a integer)
            reader  | UPDATE shipped.access SET sealed = NULL
            reader  | DELETE FROM shipped.access
            reader  | SELECT shipped.forget(now() - interval '2 years')
            keeper  | SELECT sealed FROM shipped.access
            keeper  | DELETE FROM shipped.access
            """)
    void aRoleOfTheControllersDatabaseCanDoItsPartOnly(String role, String sql) throws SQLException {
        try (Connection connection = fixture.controller(role);
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | DC002 | another row stands there
            3 | DC001 | a row between is missing
            """)
    void evenTheFunctionTakesRowsAtTheEndOnly(long after, String state, String why) throws SQLException {
        fixture.sealed(2);
        fixture.shipAll();
        List<String> shipped = fixture.copy();
        try (Connection connection = fixture.controller("shipper");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("""
                            SELECT shipped.take(%d, ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY[sha256('x')],
                                ARRAY[NULL::bytea], ARRAY[1::smallint], ARRAY['x'::bytea],
                                '{}', '{}', '{}', '{}', '{}', '{}')""".formatted(after)))
                    .as(why)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
        }
        assertThat(fixture.copy()).isEqualTo(shipped);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE shipped.access SET at = at - interval '1 day'",
                "UPDATE shipped.access SET sealed = 'x'",
                "DELETE FROM shipped.access",
                "TRUNCATE shipped.access",
                "UPDATE shipped.checkpoint SET note = 'x'",
                "DELETE FROM shipped.checkpoint"
            })
    void triggersKeepTheirOwnerFromChangingWhatWasShipped(String sql) throws SQLException {
        fixture.sealed(2);
        fixture.shipAll();
        try (Connection connection = ShippingFixture.source(fixture.controller, fixture.controller.migrator())
                        .getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE cl_owner");
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void theControllerForgetsContentsAfterItsOwnPeriodAndNotBefore() throws SQLException {
        fixture.sealed(5);
        fixture.shipAll();
        fixture.tamperWithTheCopy("UPDATE shipped.access SET at = at - interval '3 years' WHERE position <= 2");
        try (Connection connection = fixture.controller("keeper");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("SELECT shipped.forget(now() - interval '11 months')"))
                    .isInstanceOf(SQLException.class);
            statement.execute("SELECT shipped.forget(now() - interval '2 years')");
        }
        assertThat(fixture.atTheController(
                        "SELECT position FROM shipped.access WHERE sealed IS NULL AND subject IS NULL"))
                .containsExactly("1", "2");
        assertThat(fixture.atTheController("SELECT horizon FROM shipped.forgotten"))
                .containsExactly("2");
        assertThat(fixture.copy()).hasSize(5);
    }

    @Test
    void whatWaitsIsToldByNumberAndAgeAndWhenItIsLate() throws Exception {
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
        InstantSource clock = () -> Instant.now().plus(ahead.get());
        try (PostgresInstance server = TestServices.dedicatedPostgres();
                ShippingFixture there = new ShippingFixture(server);
                Shipper shipper = new Shipper(
                        there.shipping(),
                        new Shipper.Settings(Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofHours(72), 20),
                        clock)) {
            there.sealed(5);
            shipper.round();
            assertThat(shipper.state().shipped()).isEqualTo(5);
            assertThat(shipper.state().waiting()).isZero();
            assertThat(shipper.state().delay()).isEqualTo(Delay.NONE);

            server.stop();
            there.sealed(4);
            there.write(3);
            shipper.round();
            assertThat(shipper.state().trouble()).isEqualTo(Trouble.UNREACHABLE);
            assertThat(shipper.state().waiting())
                    .as("those without a position too")
                    .isEqualTo(7);
            assertThat(shipper.state().delay()).isEqualTo(Delay.NONE);

            ahead.set(Duration.ofMinutes(16));
            assertThat(shipper.state().delay()).isEqualTo(Delay.LATE);
            ahead.set(Duration.ofHours(73));
            assertThat(shipper.state().delay()).isEqualTo(Delay.TOO_LATE);
            ahead.set(Duration.ZERO);

            there.write(14);
            shipper.round();
            assertThat(shipper.state().waiting()).isEqualTo(21);
            assertThat(shipper.state().delay()).as("more than may wait").isEqualTo(Delay.TOO_LATE);

            server.restart();
            there.seal();
            await().until(() -> {
                shipper.round();
                return shipper.state().trouble() == Trouble.NONE;
            });
            assertThat(shipper.state()).isEqualTo(new ShippingState(26, 0, Duration.ZERO, Delay.NONE, Trouble.NONE));
            assertThat(there.copy()).isEqualTo(there.log()).hasSize(26);
        }
    }
}
