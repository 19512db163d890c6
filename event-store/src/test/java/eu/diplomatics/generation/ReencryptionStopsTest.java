package eu.diplomatics.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.generation.ReencryptionException.Reason;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What a re-encryption finds broken (R16, R17)")
class ReencryptionStopsTest {
    private static final Reencryption.Observer NOBODY = (position, head) -> {};

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

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5})
    void stops_where_a_key_is_missing_that_nobody_shredded_at_any_pace(double share) throws SQLException {
        List<UUID> streams = fixture.fill(30);
        UUID robbed = streams.get(20);
        long position = fixture.reader.stream(robbed).getFirst().position();
        fixture.atKeyring("CREATE TABLE stolen AS SELECT * FROM keyring.data_key WHERE id = ?", robbed);
        fixture.atKeyring("DELETE FROM keyring.data_key WHERE id = ?", robbed);
        Reencryption reencryption = fixture.reencryption(5, new Pace(share), step -> {});
        stopsAt(reencryption, Reason.KEY_MISSING, position);

        fixture.atKeyring("INSERT INTO keyring.data_key SELECT * FROM stolen");
        assertThat(reencryption.copyAndSwitch(NOBODY)).isEqualTo(2);
    }

    /** Where a ciphertext can be broken, by what stands there. */
    enum Damage {
        SALT(0),
        COMMITMENT(30),
        CHUNK(80),
        LATER_CHUNK(16_500),
        TAG(-1),
        TRUNCATED(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return Arrays.copyOf(ciphertext, ciphertext.length - 1);
            }
        },
        CUT_TO_ONE_CHUNK(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return Arrays.copyOf(ciphertext, 24 + 32 + 16_384 + 16);
            }
        },
        EXTENDED(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return Arrays.copyOf(ciphertext, ciphertext.length + 1);
            }
        },
        ONE_BYTE(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return new byte[] {1};
            }
        },
        MARK_OF_WHAT_WAS_LEFT_OUT(0) {
            @Override
            byte[] to(byte[] ciphertext) {
                return StoredEvent.leftOut();
            }
        };

        private final int at;

        Damage(int at) {
            this.at = at;
        }

        byte[] to(byte[] ciphertext) {
            byte[] changed = ciphertext.clone();
            changed[at < 0 ? changed.length + at : at] ^= 1;
            return changed;
        }
    }

    @ParameterizedTest
    @EnumSource
    void stops_where_a_ciphertext_is_broken_and_changes_nothing(Damage damage) throws SQLException {
        fixture.fill(30);
        StoredEvent large = fixture.stored().stream()
                .filter(event -> event.ciphertext().length > 16_600)
                .skip(2)
                .findFirst()
                .orElseThrow();
        Map<Long, String> bodies = fixture.bodies();
        write(large.position(), damage.to(large.ciphertext()));
        Reencryption reencryption = fixture.reencryption(5, step -> {});
        stopsAt(reencryption, Reason.SEAL_BROKEN, large.position());

        write(large.position(), large.ciphertext());
        assertThat(fixture.bodies()).isEqualTo(bodies);
        reencryption.copyAndSwitch(NOBODY);
        assertThat(fixture.bodies()).isEqualTo(bodies);
    }

    @Test
    void stops_where_rows_are_swapped() throws SQLException {
        UUID stream = fixture.append(1);
        Units.places(Units.append(fixture.log, fixture.unit(stream, 2, 40, 1)).getFirst());
        List<StoredEvent> events = fixture.stored();
        write(1, events.get(1).ciphertext());
        write(2, events.get(0).ciphertext());
        stopsAt(fixture.reencryption(), Reason.SEAL_BROKEN, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stream = gen_random_uuid()                          | KEY_MISSING
            version = 7                                         | SEAL_BROKEN
            type = 'QualificationAnnulled'                      | SEAL_BROKEN
            type_version = 2                                    | SEAL_BROKEN
            recorded_at = recorded_at - interval '1 day'        | SEAL_BROKEN
            commitment = sha256(commitment)                     | SEAL_BROKEN
            leaf = sha256(leaf)                                 | SEAL_BROKEN
            """)
    void stops_where_a_header_is_changed(String change, Reason reason) throws SQLException {
        fixture.fill(3);
        host("UPDATE eventstore.event SET " + change + " WHERE position = 2");
        stopsAt(fixture.reencryption(), reason, 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5})
    void stops_where_a_ciphertext_is_lost_or_an_event_is_at_any_pace(double share) throws SQLException {
        fixture.fill(5);
        Reencryption reencryption = fixture.reencryption().at(new Pace(share));
        host("DELETE FROM eventstore.ciphertext_1 WHERE position = 3");
        stopsAt(reencryption, Reason.CONTENT_LOST, 3);
        host("DELETE FROM eventstore.event WHERE position = 3");
        stopsAt(reencryption, Reason.GAP, 3);
    }

    private void stopsAt(Reencryption reencryption, Reason reason, long position) {
        assertThatExceptionOfType(ReencryptionException.class)
                .isThrownBy(() -> reencryption.copyAndSwitch(NOBODY))
                .returns(reason, ReencryptionException::reason)
                .returns(position, ReencryptionException::position);
        assertThat(new KeyGenerations(fixture.store.dataSource("reader")).refresh())
                .isEqualTo(1);
        assertThat(reencryption.state().position()).isLessThan(position);
    }

    private void write(long position, byte[] ciphertext) throws SQLException {
        assertThat(fixture.asHost(
                        "UPDATE eventstore.ciphertext_1 SET ciphertext = ? WHERE position = ?", ciphertext, position))
                .isEqualTo(1);
    }

    private void host(String sql) throws SQLException {
        fixture.asHost("ALTER TABLE eventstore.event DISABLE TRIGGER event_is_immutable");
        fixture.asHost(sql);
    }
}
