package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.TestRegistry.Registered;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** R04, L02: what was shredded is a value of its own, and told from what is only lost. */
class ShreddedTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();

    private String[] after(Registered registered) {
        fixture.relay().publishAll();
        return Deliveries.after(query, registered.place().position());
    }

    private static String path(Registered registered) {
        return "/v1/qualifications/" + registered.reference();
    }

    @Test
    void anErasedHolderIsToldFromAnUnknownOneAndTheQualificationStays() {
        Insz insz = Examples.insz(12);
        Registered registered = fixture.registry().register(insz);
        String[] position = after(registered);
        assertThat(query.consult(insz.digits(), position).json().path("status").asString())
                .isEqualTo("FOUND");
        shred(registered.holder().toString(), "ERASURE");
        JsonNode erased = query.consult(insz.digits()).json();
        assertThat(erased.path("status").asString()).isEqualTo("SHREDDED");
        assertThat(erased.at("/shredded/reasonCode").asString()).isEqualTo("REQUESTED");
        assertThat(erased.path("qualifications").size()).isZero();
        JsonNode batch = query.post(
                        "/v1/consultations/batch", "{\"insz\":[\"" + insz.digits() + "\"]}", RunningQuery.agency())
                .json();
        assertThat(batch.at("/answers/0/status").asString()).isEqualTo("SHREDDED");
        assertThat(batch.at("/answers/0/shredded/legalBasis").asString()).isEqualTo("GDPR art. 17");
        JsonNode left = query.read(path(registered)).json();
        assertThat(left.path("version").asLong()).isEqualTo(1);
        assertThat(left.path("state").asString()).isEqualTo("REGISTERED");
        assertThat(left.has("holder")).isFalse();
        assertThat(left.at("/holderShredded/reasonCode").asString()).isEqualTo("REQUESTED");
        assertThat(query.read(path(registered) + "/history")
                        .json()
                        .path("versions")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void aShreddedRecordIsAValueOfItsOwnOnEveryPath() {
        Insz insz = Examples.insz(31);
        Registered registered = fixture.registry().register(insz);
        String[] position = after(registered);
        assertThat(query.consult(insz.digits(), position).json().path("status").asString())
                .isEqualTo("FOUND");
        shred(registered.reference().toString(), "WRONG_RECORD");
        JsonNode one = query.read(path(registered)).json();
        assertThat(one.path("state").asString()).isEqualTo("SHREDDED");
        assertThat(one.at("/shredded/legalBasis").asString()).isEqualTo("GDPR art. 17");
        assertThat(one.has("basis")).isFalse();
        assertThat(one.has("supplier")).isFalse();
        JsonNode history = query.read(path(registered) + "/history").json().path("versions");
        assertThat(history.size()).isEqualTo(2);
        assertThat(history.at("/0/type").asString()).isEqualTo("QualificationRegistered");
        assertThat(history.at("/0").has("basis")).isFalse();
        assertThat(history.at("/1/type").asString()).isEqualTo("StreamShredded");
        assertThat(history.at("/1/reasonCode").asString()).isEqualTo("REQUESTED");
        JsonNode consulted = query.consult(insz.digits()).json();
        assertThat(consulted.at("/qualifications/0/state").asString()).isEqualTo("SHREDDED");
    }

    @Test
    void aRecordThatWasMovedAndThenShreddedIsNeverShownToWhomItStoodUnderWrongly() {
        Insz wrong = Examples.insz(33);
        Insz right = Examples.insz(34);
        Registered moved = fixture.registry().register(wrong);
        Registered theirs = fixture.registry().register(wrong, Examples.secondary());
        Registered own = fixture.registry().register(right, Examples.secondary());
        String[] position = after(fixture.registry().move(moved.reference(), moved.holder(), own.holder()));
        assertThat(references(right, position)).containsExactlyInAnyOrder(id(moved), id(own));
        shred(moved.reference().toString(), "WRONG_RECORD");

        assertThat(references(wrong, position)).as("their other record").containsExactly(id(theirs));
        assertThat(references(right, position)).containsExactlyInAnyOrder(id(moved), id(own));
        JsonNode one = query.read(path(moved)).json();
        assertThat(one.path("state").asString()).isEqualTo("SHREDDED");
        assertThat(one.has("holder"))
                .as("content that is gone took along whose it was")
                .isFalse();
        String[] citizen = RunningQuery.agency();
        citizen[1] = "citizen:" + wrong.digits();
        assertThat(query.get(path(moved), citizen).code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(query.get(path(theirs), citizen).status()).isEqualTo(200);

        Registered twice = fixture.registry().register(wrong);
        fixture.registry().move(twice.reference(), twice.holder(), own.holder());
        position = after(fixture.registry().move(twice.reference(), own.holder(), twice.holder()));
        shred(twice.reference().toString(), "WRONG_RECORD");
        assertThat(references(wrong, position))
                .as("nobody can tell whose it was")
                .containsExactly(id(theirs));
        assertThat(references(right, position)).containsExactlyInAnyOrder(id(moved), id(own));
    }

    private List<String> references(Insz insz, String... headers) {
        return query.consult(insz.digits(), headers)
                .json()
                .path("qualifications")
                .findValuesAsString("reference");
    }

    private static String id(Registered registered) {
        return registered.reference().toString();
    }

    @Test
    void aKeyThatIsGoneWithoutAWordInTheLedgerIsAnAlarmAndNoAnswer() {
        Insz insz = Examples.insz(32);
        Registered registered = fixture.registry().register(insz);
        String[] position = after(registered);
        assertThat(query.consult(insz.digits(), position).status()).isEqualTo(200);
        fixture.tamper(Database.KEYRING, "DELETE FROM keyring.data_key WHERE id = '" + registered.holder() + "'");
        assertThat(query.consult(insz.digits()).code()).isEqualTo("RECORD_UNAVAILABLE");
        assertThat(query.read(path(registered)).code()).isEqualTo("RECORD_UNAVAILABLE");
    }

    private void shred(String stream, String kind) {
        fixture.tamper(Database.KEYRING, """
                WITH gone AS (DELETE FROM keyring.data_key WHERE id = '%1$s')
                INSERT INTO keyring.shredding
                    (stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at, after_rewrite)
                VALUES ('%1$s', gen_random_uuid(), '%2$s', 'REQUESTED', 'GDPR art. 17', now(), now(), 0)
                """.formatted(stream, kind));
    }
}
