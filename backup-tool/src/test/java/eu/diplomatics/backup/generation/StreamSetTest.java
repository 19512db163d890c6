package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StreamSetTest {
    private final Random random = new Random(17);
    private final StreamSet set = new StreamSet();

    @Test
    void knows_what_was_added_and_nothing_else_however_much_it_grew() {
        Set<UUID> added = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            added.add(id);
            set.add(bytes(id));
            set.add(bytes(id));
        }
        assertThat(added).allMatch(id -> set.has(bytes(id)));
        for (int i = 0; i < 50_000; i++) {
            assertThat(set.has(bytes(new UUID(random.nextLong(), random.nextLong()))))
                    .isFalse();
        }
    }

    @Test
    void tells_ids_apart_that_are_not_random() {
        assertThat(set.has(bytes(new UUID(0, 0)))).isFalse();
        for (long i = 0; i < 5_000; i += 2) {
            set.add(bytes(new UUID(0, i)));
            set.add(bytes(new UUID(i, 0)));
        }
        for (long i = 0; i < 5_000; i++) {
            assertThat(set.has(bytes(new UUID(0, i)))).isEqualTo(i % 2 == 0);
            assertThat(set.has(bytes(new UUID(i, 0)))).isEqualTo(i % 2 == 0);
        }
    }

    private static ByteBuffer bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip();
    }
}
