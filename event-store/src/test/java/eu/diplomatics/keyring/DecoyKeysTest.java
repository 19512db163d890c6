package eu.diplomatics.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are nobody's, opened beside those that are somebody's. */
class DecoyKeysTest {
    @TempDir
    Path directory;

    private KeyringFixture fixture;
    private Keyring query;
    private final DecoyKeys decoys = new DecoyKeys();
    private final UUID decoy = UUID.randomUUID();
    private final byte[] drawn =
            decoys.draw(NewKey.first(decoy, KeyRegime.ERASABLE)).key().reveal().clone();

    @BeforeEach
    void open() {
        fixture = KeyringFixture.create(directory);
        fixture.keyring("registry").secret("access-log-seal").close();
        query = fixture.keyring("query");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void assertOpens() {
        Map<UUID, DataKey> opened = query.open(List.of(decoy), 1, decoys);
        assertThat(opened).containsOnlyKeys(decoy);
        opened.values().forEach(key -> {
            assertThat(key.key().reveal()).isEqualTo(drawn);
            assertThat(key.generation()).isEqualTo(1);
            key.close();
        });
    }

    @Test
    void areOpenedAgainAndAgainAndClosedByWhoAsked() {
        assertOpens();
        assertOpens();
    }

    @Test
    void areOpenedWithStoredOnesAndOnlyWhereAskedFor() {
        UUID stored = UUID.randomUUID();
        fixture.keyring("registry")
                .create(List.of(NewKey.first(stored, KeyRegime.STATUTORY)))
                .values()
                .forEach(DataKey::close);
        assertThat(query.open(List.of(stored, decoy, UUID.randomUUID()), 1, decoys))
                .containsOnlyKeys(stored, decoy);
        assertThat(query.open(List.of(stored), 1, decoys)).containsOnlyKeys(stored);
        assertThat(query.open(List.of(decoy), 2, decoys)).isEmpty();
        assertThat(query.open(List.of(decoy), 1)).isEmpty();
    }

    @Test
    void areOpenedUnderTheNewKekWhereTheOldOneIsGone() {
        assertOpens();
        new KeyringRewrite(
                        fixture.dataSource("rekeyer"), fixture.custodian().client("registry"), InstantSource.system())
                .run(RotationWatch.NOBODY);
        UUID stored = UUID.randomUUID();
        fixture.keyring("registry")
                .create(List.of(NewKey.first(stored, KeyRegime.STATUTORY)))
                .values()
                .forEach(DataKey::close);
        // learns the new KEK
        assertThat(query.open(List.of(stored), 1)).containsOnlyKeys(stored);
        assertOpens();
    }

    @Test
    void areNotOpenedWhereStoredOnesCannotBe() {
        KekLease ended = fixture.lease("query");
        Keyring without = new Keyring(fixture.dataSource("query"), ended);
        ended.close();
        assertThatThrownBy(() -> without.open(List.of(decoy), 1, decoys)).isInstanceOf(KeysUnavailableException.class);
    }
}
