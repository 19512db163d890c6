package eu.diplomatics.query.projection;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventStoreFixture;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.OneEventAPage;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.TestServices;
import eu.diplomatics.query.database.Login;
import eu.diplomatics.query.database.Pools;
import eu.diplomatics.query.freshness.Freshness;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A page of large events ends early (by its bytes), and nobody who reads the store may take that for its end. */
class ShortPagesTest {
    private final EventStoreFixture store = EventStoreFixture.create();
    private final EventReader reader = OneEventAPage.of(store.openReader());
    private final Freshness freshness = new Freshness();
    private final HikariDataSource projector;
    private final ProjectionDatabase database;

    ShortPagesTest() {
        DatabaseAccess access = TestServices.database(Database.QUERY);
        Pools.migrate(access.url(), login(access.migrator()), "projection", "classpath:db/query");
        projector = Pools.open("projector", access.url(), login(access.role("projector")), 2, Duration.ofSeconds(10));
        database = new ProjectionDatabase(projector);
    }

    @BeforeEach
    void threeEvents() {
        append(
                store.openLog(),
                unit(event(UUID.randomUUID(), 1)),
                unit(event(UUID.randomUUID(), 1)),
                unit(event(UUID.randomUUID(), 1)));
    }

    @AfterEach
    void close() {
        projector.close();
        store.close();
    }

    @Test
    void aRebuildReadsOnToTheEndOfTheStore() {
        assertThat(new Rebuild(
                                database,
                                reader,
                                freshness,
                                new KeyGenerations(store.dataSource("reader")),
                                new Incarnations(store.dataSource("reader")))
                        .run())
                .isEqualTo(3);
        assertThat(projected()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void catchingUpReadsOnToTheEndOfTheStore() {
        assertThat(new ProjectionWriter(database, reader, freshness).catchUp()).isEqualTo(3);
        assertThat(projected()).containsExactly(1L, 2L, 3L);
    }

    private List<@Nullable Long> projected() {
        return database.jdbc().queryForList("SELECT position FROM projection.event ORDER BY position", Long.class);
    }

    private static Login login(eu.diplomatics.local.Login of) {
        return new Login(of.username(), of.password());
    }
}
