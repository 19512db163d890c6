package eu.diplomatics.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.generation.GenerationFixture;
import eu.diplomatics.inventory.Finding.Code;
import eu.diplomatics.inventory.InventorySigner.NotCountedException;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.keyring.RotationWatch;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The audit of keys (R17)")
class KeyAuditTest {
    private static final int STREAMS = 12;
    private static final String EPOCH = "epoch-" + Instant.now().toString().substring(0, 10);

    @TempDir
    private Path directory;

    private GenerationFixture fixture;
    private List<UUID> streams;
    private Instant now = Instant.now();
    private int sites = 1;
    private Set<String> destroyed = Set.of();

    @BeforeEach
    void open() {
        fixture = GenerationFixture.create(directory);
        streams = fixture.fill(STREAMS);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void finds_nothing_where_nothing_is_wrong_and_counts_what_lies_under_which_key() {
        Told told = audit();
        assertThat(told.findings).isEmpty();
        long events = fixture.stored().size();
        assertThat(told.rows("eventstore.ciphertext_1", "1")).isEqualTo(events);
        String kek = told.of("keyring.kek").getFirst().part();
        assertThat(told.of("keyring.kek").getFirst().version()).isEqualTo(EPOCH + "@test");
        assertThat(told.holdings.stream()
                        .filter(holding -> holding.artefact().equals("data_key"))
                        .peek(holding -> assertThat(holding.version()).isEqualTo(kek))
                        .mapToLong(Holding::rows)
                        .sum())
                .isEqualTo(STREAMS);
        assertThat(told.holdings)
                .anyMatch(holding -> holding.artefact().equals("secret") && "index-k1".equals(holding.part()));
    }

    @Test
    void decrypts_nothing() {
        fixture.keys.custodian().stop();
        assertThat(audit().findings).isEmpty();
    }

    @Test
    void finds_a_ciphertext_without_key_unless_its_stream_was_shredded() throws SQLException {
        UUID stream = streams.getFirst();
        fixture.atKeyring("DELETE FROM keyring.data_key WHERE id = ?", stream);
        assertThat(audit().of(Code.KEY_MISSING)).singleElement().satisfies(finding -> {
            assertThat(finding.rows()).isEqualTo(1);
            assertThat(finding.detail()).contains(stream.toString());
        });
        fixture.atKeyring(
                "INSERT INTO keyring.shredding (stream, tombstone, kind, reason_code, legal_basis, asked_at,"
                        + " shredded_at) VALUES (?, gen_random_uuid(), 'ERASURE', 'REQUESTED', 'x', now(), now())",
                stream);
        assertThat(audit().findings).isEmpty();
    }

    @Test
    void finds_a_data_key_and_a_secret_without_kek() throws SQLException {
        fixture.atKeyring("UPDATE keyring.data_key SET kek_id = gen_random_uuid() WHERE id = ?", streams.getFirst());
        fixture.atKeyring("UPDATE keyring.secret SET kek_id = gen_random_uuid() WHERE name = 'index-k1'");
        assertThat(audit().of(Code.KEK_MISSING))
                .hasSize(2)
                .anyMatch(finding -> finding.where().startsWith("keyring.data_key"))
                .anyMatch(finding -> finding.where().equals("keyring.secret index-k1"));
    }

    @Test
    void finds_keys_left_under_an_older_kek() throws SQLException {
        fixture.atKeyring("INSERT INTO keyring.kek (id, wrapped, created_at)"
                + " SELECT gen_random_uuid(), wrapped, created_at + interval '1 hour' FROM keyring.kek");
        assertThat(audit().of(Code.KEK_OLD).stream().mapToLong(Finding::rows).sum())
                .as("data keys and the secrets that are made with the first KEK")
                .isGreaterThan(STREAMS);
    }

    @Test
    void finds_a_wrap_that_one_site_did_not_make() {
        assertThat(audit().of(Code.WRAP_MISSING)).isEmpty();
        sites = 2;
        assertThat(audit().of(Code.WRAP_MISSING))
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains(EPOCH + "@test only, of 2 sites"));
    }

    @Test
    void finds_what_stands_under_a_key_that_was_destroyed() {
        destroyed = Set.of(EPOCH + "@elsewhere");
        assertThat(audit().findings).isEmpty();
        destroyed = Set.of(EPOCH + "@test");
        assertThat(audit().of(Code.KEY_RETIRED)).hasSize(1);
    }

    @Test
    void finds_tables_that_were_left_in_either_database() throws SQLException {
        fixture.atKeyring("CREATE TABLE keyring.data_key_old AS SELECT * FROM keyring.data_key");
        fixture.atKeyring("CREATE TABLE keyring.harmless (n integer)");
        fixture.asHost("CREATE TABLE eventstore.ciphertext_9 AS SELECT * FROM eventstore.ciphertext_1");
        assertThat(audit().of(Code.TABLE_LEFT))
                .extracting(Finding::where)
                .containsExactlyInAnyOrder("keyring keyring.data_key_old", "eventstore eventstore.ciphertext_9");
    }

    @Test
    void an_inventory_tells_what_was_not_counted_and_nobody_signs_it() throws SQLException {
        InventorySigner signer = new InventorySigner(fixture.keys.keyring("registry"));
        Told whole = inventory();
        assertThat(whole.findings).isEmpty();
        assertThat(signer.inventory("epoch-2020-01-01", "test", whole.holdings, whole.findings, now)
                        .statement())
                .contains("\"epoch-2020-01-01\"");

        fixture.atKeyring("CREATE TABLE keyring.data_key_old AS SELECT * FROM keyring.data_key");
        Told cut = inventory();
        assertThat(cut.findings).extracting(Finding::code).containsExactly(Code.TABLE_LEFT);
        assertThatThrownBy(() -> signer.inventory("epoch-2020-01-01", "test", cut.holdings, cut.findings, now))
                .isInstanceOf(NotCountedException.class)
                .hasMessageContaining("keyring.data_key_old");
    }

    @Test
    void finds_positions_without_ciphertext_and_ciphertexts_of_no_event() throws SQLException {
        fixture.asHost("DELETE FROM eventstore.ciphertext_1 WHERE position = 3");
        fixture.asHost("INSERT INTO eventstore.ciphertext_1 VALUES (1000000, '\\x00')");
        Told told = audit();
        assertThat(told.of(Code.CIPHERTEXT_MISSING))
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).isEqualTo("first at position 3"));
        assertThat(told.of(Code.CIPHERTEXT_WITHOUT_EVENT))
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).isEqualTo("first at position 1000000"));
    }

    @Test
    void finds_rows_of_an_index_that_nobody_asks() throws SQLException {
        fixture.atKeyring("INSERT INTO keyring.holder_claim VALUES (7, ?, gen_random_uuid())", new byte[32]);
        assertThat(audit().findings).extracting(Finding::code).contains(Code.INDEX_OLD, Code.SECRET_MISSING);
    }

    @Test
    void finds_a_secret_that_is_gone_although_something_lies_under_it() throws SQLException {
        fixture.asHost("INSERT INTO eventstore.event_tag VALUES (?, 1)", new byte[32]);
        assertThat(audit().of(Code.SECRET_MISSING))
                .singleElement()
                .satisfies(finding -> assertThat(finding.where()).isEqualTo("eventstore.event_tag"));
        fixture.keyring.secret("reference-key").close();
        assertThat(audit().findings).isEmpty();
    }

    @Test
    void does_not_ascribe_a_checkpoint_to_one_version_of_the_key_that_may_have_signed_it() throws SQLException {
        fixture.asHost("INSERT INTO eventstore.checkpoint (size, root, note) VALUES (1, ?, '')", new byte[32]);
        assertThat(audit().of(Code.SECRET_MISSING)).hasSize(1);
        fixture.keyring.secret("checkpoint-key-2").close();
        Told told = audit();
        assertThat(told.findings).isEmpty();
        assertThat(told.rows("eventstore.checkpoint", Holding.ANY)).isEqualTo(1);
    }

    @Test
    void lets_a_change_of_generations_take_a_day_and_then_finds_what_it_left() {
        fixture.reencryption().copyAndSwitch((position, head) -> {});
        Told under = audit();
        assertThat(under.findings).isEmpty();
        assertThat(under.rows("eventstore.ciphertext_1", "1")).isEqualTo(under.rows("eventstore.ciphertext_2", "2"));
        now = now.plus(Duration.ofHours(25));
        assertThat(audit().of(Code.GENERATION_OLD))
                .singleElement()
                .satisfies(finding -> assertThat(finding.where()).isEqualTo("eventstore.ciphertext_1"));
    }

    @Test
    void finds_keys_of_a_generation_that_is_over_but_not_a_key_that_never_sealed_anything() throws SQLException {
        fixture.keyring
                .create(List.of(NewKey.first(UUID.randomUUID(), KeyRegime.STATUTORY)))
                .values()
                .forEach(DataKey::close);
        fixture.reencryption().copyAndSwitch((position, head) -> {});
        assertThat(fixture.reencryption().drop(1)).isTrue();
        assertThat(audit().of(Code.KEY_OLD))
                .singleElement()
                .satisfies(finding -> assertThat(finding.rows()).isEqualTo(STREAMS));
    }

    @Test
    void is_not_misled_by_a_rewrite_of_the_keyring() {
        new KeyringRewrite(
                        fixture.keys.dataSource("rekeyer"),
                        fixture.keys.custodian().client("registry"),
                        InstantSource.system())
                .run(new RotationWatch() {
                    @Override
                    public void step(String name) {
                        if (name.equals("catch up")) {
                            Told told = audit();
                            assertThat(told.findings).isEmpty();
                            assertThat(told.of("keyring.rewrite")).hasSize(1);
                            assertThat(told.of("keyring.data_key_next")).hasSize(1);
                        }
                    }
                });
        assertThat(audit().findings).isEmpty();
    }

    private Told audit() {
        Told told = new Told();
        looking().audit(told);
        return told;
    }

    private Told inventory() {
        Told told = new Told();
        looking().inventory(told);
        return told;
    }

    private KeyAudit looking() {
        return new KeyAudit(
                List.of(),
                new KeyringArtefacts(fixture.keys.dataSource("registry")),
                new LogArtefacts(fixture.store.dataSource("reader")),
                sites,
                () -> destroyed,
                () -> now);
    }

    /** What an audit told. */
    private static final class Told implements Report {
        final List<Holding> holdings = new ArrayList<>();
        final List<Finding> findings = new ArrayList<>();

        List<Finding> of(Code code) {
            return findings.stream().filter(finding -> finding.code() == code).toList();
        }

        List<Holding> of(String where) {
            return matching(holding -> (holding.store() + "." + holding.artefact()).equals(where));
        }

        long rows(String where, String version) {
            return of(where).stream()
                    .filter(holding -> holding.version().equals(version))
                    .mapToLong(Holding::rows)
                    .sum();
        }

        private List<Holding> matching(Predicate<Holding> wanted) {
            return holdings.stream().filter(wanted).toList();
        }

        @Override
        public void holding(Holding holding) {
            holdings.add(holding);
        }

        @Override
        public void finding(Finding finding) {
            findings.add(finding);
        }

        @Override
        public void progress(String step, long done, long total) {
            assertThat(done).isLessThanOrEqualTo(total);
        }
    }
}
