package eu.diplomatics.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.SealBrokenException;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.keyring.OldGenerations;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("When the keys of an old generation go (R17)")
class OldGenerationTest {
    @TempDir
    private Path directory;

    private GenerationFixture fixture;

    @BeforeEach
    void open() {
        fixture = GenerationFixture.create(directory);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void a_canary_sealed_under_them_opens_before_and_never_after() {
        List<UUID> streams = fixture.fill(12);
        UUID stream = streams.getFirst();
        StoredEvent canary = fixture.reader.stream(stream).getFirst();
        String body = fixture.body(canary);
        Reencryption reencryption = fixture.reencryption();
        reencryption.copyAndSwitch((position, head) -> {});
        assertThat(fixture.body(canary)).isEqualTo(body).isNotEqualTo("no key");

        OldGenerations old = new OldGenerations(fixture.keys.dataSource("registry"));
        assertThat(old.dropBefore(2, removed -> {})).isEqualTo(streams.size());
        assertThat(old.dropBefore(2, removed -> {})).isZero();
        assertThat(fixture.body(canary)).isEqualTo("no key");
        try (DataKey key =
                fixture.keyring.open(List.of(stream)).values().iterator().next()) {
            assertThat(key.generation()).isEqualTo(2);
            assertThatThrownBy(() -> new EventSealer().open(canary, key)).isInstanceOf(SealBrokenException.class);
            assertThatThrownBy(() -> new EventSealer().open(inGeneration(canary, 2), key))
                    .isInstanceOf(SealBrokenException.class);
        }
        assertThat(fixture.bodies()).containsEntry(canary.position(), body).doesNotContainValue("no key");
    }

    @Test
    void keys_of_jobs_and_a_streams_only_key_stay() {
        UUID job = UUID.randomUUID();
        UUID waiting = UUID.randomUUID();
        fixture.keyring
                .create(List.of(NewKey.first(job, KeyRegime.JOB), NewKey.first(waiting, KeyRegime.STATUTORY)))
                .values()
                .forEach(DataKey::close);
        fixture.keyring
                .create(List.of(new NewKey(job, 2, KeyRegime.JOB)))
                .values()
                .forEach(DataKey::close);
        assertThat(new OldGenerations(fixture.keys.dataSource("registry")).dropBefore(2, removed -> {}))
                .isZero();
        assertThat(fixture.keyring.open(List.of(job, waiting), 1)).hasSize(2);
    }

    private static StoredEvent inGeneration(StoredEvent event, int generation) {
        return new StoredEvent(
                event.position(),
                event.recordedAt(),
                event.context(),
                event.holder(),
                event.command(),
                event.commitment(),
                event.leaf(),
                generation,
                event.ciphertext());
    }
}
