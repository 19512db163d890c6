package eu.diplomatics.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.generation.GenerationFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A copy of the log")
class LogCopyTest {
    @TempDir
    private Path directory;

    private GenerationFixture fixture;
    private DataSource reader;

    @BeforeEach
    void open() {
        fixture = GenerationFixture.create(directory);
        reader = fixture.store.dataSource("reader");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void gives_what_a_select_gives_whatever_the_size_of_pages() {
        fixture.fill(30);
        List<StoredEvent> all = fixture.stored();
        for (int page : new int[] {1, 7, 1_000}) {
            for (int after : new int[] {0, 5, all.size() - 1, all.size(), all.size() + 10}) {
                assertThat(read(1, after, page))
                        .usingRecursiveComparison()
                        .isEqualTo(all.subList(Math.min(after, all.size()), all.size()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 13})
    void goes_on_to_the_end_of_the_log_where_a_copy_ends_with_a_page_or_within_one(int rowsAtOnce) {
        fixture.fill(10);
        List<StoredEvent> all = fixture.stored();
        try (LogCopy copy = new LogCopy(reader, 1, 0, rowsAtOnce)) {
            assertThat(toTheEnd(copy, 5)).usingRecursiveComparison().isEqualTo(all);
        }
    }

    @Test
    void has_nothing_of_an_empty_log_and_goes_on_with_what_is_appended_after_its_end() {
        try (LogCopy copy = new LogCopy(reader, 1, 0)) {
            assertThat(copy.next(10)).isEmpty();
            UUID first = fixture.append(1);
            assertThat(copy.next(10))
                    .extracting(event -> event.context().stream())
                    .containsExactly(first);
            assertThat(copy.next(10)).isEmpty();
            UUID second = fixture.append(1);
            assertThat(copy.next(10))
                    .extracting(event -> event.context().stream())
                    .containsExactly(second);
        }
    }

    @Test
    void reads_nothing_of_a_generation_that_is_over_and_says_where_content_is_lost() throws Exception {
        fixture.fill(5);
        int events = fixture.stored().size();
        fixture.asHost("DELETE FROM eventstore.ciphertext_1 WHERE position = 3");
        List<StoredEvent> read = read(1, 0, 4);
        assertThat(read).hasSize(events).filteredOn(StoredEvent::isContentLost).hasSize(1);
        assertThat(read.get(2).isContentLost()).isTrue();

        fixture.asHost("UPDATE eventstore.key_generation SET current = false");
        assertThat(read(1, 0, 4)).isEmpty();
        assertThatThrownBy(() -> read(7, 0, 4)).isInstanceOf(LogUnavailableException.class);
    }

    @Test
    void cuts_a_page_where_events_are_large() {
        for (int i = 0; i < 12; i++) {
            Units.append(fixture.log, fixture.unit(UUID.randomUUID(), 1, EventSealer.MAX_BODY_BYTES, 1));
        }
        try (LogCopy copy = new LogCopy(reader, 1, 0)) {
            assertThat(copy.next(100)).hasSizeBetween(8, 9);
            assertThat(copy.next(100)).hasSizeBetween(3, 4);
            assertThat(copy.next(100)).isEmpty();
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void gives_its_connection_back_as_it_was_also_from_the_middle_of_a_row() throws Exception {
        fixture.fill(30);
        HikariDataSource pool = (HikariDataSource) reader;
        for (int i = 0; i < 3 * pool.getMaximumPoolSize(); i++) {
            LogCopy copy = new LogCopy(pool, 1, 0);
            assertThat(copy.next(2)).hasSize(2);
            copy.close();
        }
        assertThat(read(1, 0, 7)).as("and from its end").isNotEmpty();
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        try (var connection = pool.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SHOW enable_seqscan")) {
            row.next();
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(row.getString(1)).isEqualTo("on");
        }
    }

    private List<StoredEvent> read(int generation, long after, int page) {
        try (LogCopy copy = new LogCopy(reader, generation, after)) {
            return toTheEnd(copy, page);
        }
    }

    private static List<StoredEvent> toTheEnd(LogCopy copy, int page) {
        List<StoredEvent> all = new ArrayList<>();
        for (List<StoredEvent> next = copy.next(page); !next.isEmpty(); next = copy.next(page)) {
            assertThat(next).hasSizeLessThanOrEqualTo(page);
            all.addAll(next);
        }
        return all;
    }
}
