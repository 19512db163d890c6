package eu.diplomatics.eventstore;

import static eu.diplomatics.eventstore.Units.append;
import static eu.diplomatics.eventstore.Units.event;
import static eu.diplomatics.eventstore.Units.nothingAfter;
import static eu.diplomatics.eventstore.Units.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.keyring.DataKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A ciphertext gone from the log: its own stream suffers, and nobody who reads past it. */
class LostContentTest {
    @Test
    void isReadAsSuchTravelsInAFrameAndNeverOpens() throws SQLException {
        try (EventStoreFixture store = EventStoreFixture.create()) {
            EventReader reader = store.openReader();
            UUID stream = UUID.randomUUID();
            append(store.openLog(), unit(event(UUID.randomUUID(), 1)), unit(event(stream, 1)), unit(event(stream, 2)));
            try (Connection owner = store.connectAsOwner();
                    Statement statement = owner.createStatement()) {
                statement.execute("DELETE FROM eventstore.ciphertext_1 WHERE position = 2");
            }

            assertThat(reader.after(0, 10))
                    .extracting(StoredEvent::isContentLost)
                    .containsExactly(false, true, false);
            assertThat(reader.stream(stream))
                    .extracting(StoredEvent::isContentLost)
                    .containsExactly(true, false);
            assertThat(reader.matching(List.of(nothingAfter(0, List.of(Tag.stream(stream)))), 10))
                    .hasSize(2);
            StoredEvent lost =
                    EventFrame.decode(EventFrame.encode(reader.after(1, 1).getFirst()));
            assertThat(lost.isContentLost()).isTrue();
            try (DataKey key = TestEvents.dataKey(stream, 1)) {
                assertThatThrownBy(() -> new EventSealer().open(lost, key)).isInstanceOf(SealBrokenException.class);
            }
        }
    }
}
