package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.LinkKind;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** A person is all holders tied by the links of today (L10). */
class IdentityTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final TestRegistry registry = fixture.registry();

    private Registered withoutNumber() {
        return registry.register(UUID.randomUUID(), Examples.holderWithoutNumber(), Examples.master());
    }

    private String[] after(EventPlace place) {
        fixture.relay().publishAll();
        return Deliveries.after(query, place.position());
    }

    private EventPlace link(UUID link, Registered from, Registered to) {
        return registry.link(link, LinkKind.NUMBER_LINKED, from.holder(), to.holder());
    }

    private static Set<String> references(Answer answer) {
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        return answer.json()
                .path("qualifications")
                .valueStream()
                .map(found -> found.path("reference").asString())
                .collect(Collectors.toSet());
    }

    private static Set<String> references(Registered... registered) {
        return List.of(registered).stream()
                .map(each -> each.reference().toString())
                .collect(Collectors.toSet());
    }

    private static JsonNode found(Answer answer, Registered registered) {
        return answer.json()
                .path("qualifications")
                .valueStream()
                .filter(each -> each.path("reference")
                        .asString()
                        .equals(registered.reference().toString()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNumberThatCameLaterFindsWhatWasRegisteredBeforeAndTheLinksDateStandsInTheAnswer() {
        Insz insz = Deliveries.person();
        Registered own = registry.register(insz);
        Registered before = withoutNumber();
        assertThat(references(query.consult(insz.digits(), after(before.place()))))
                .isEqualTo(references(own));

        EventPlace linked = link(UUID.randomUUID(), before, own);
        Answer answer = query.consult(insz.digits(), after(linked));

        assertThat(references(answer)).isEqualTo(references(own, before));
        JsonNode tie = found(answer, before).path("link");
        assertThat(tie.path("kind").asString()).isEqualTo("NUMBER_LINKED");
        assertThat(tie.path("recordedAt").asString())
                .isEqualTo(linked.recordedAt().toString());
        assertThat(found(answer, before).path("holder").path("localNumber").asString())
                .as("who it was registered for")
                .isEqualTo("S-2016-0042");
        assertThat(found(answer, own).has("link")).isFalse();
    }

    @Test
    void aReplacedNumberAndTheNewOneFindTheSameWhicheverIsAsked() {
        Insz old = Deliveries.person();
        Insz replacement = Deliveries.person();
        Registered first = registry.register(old);
        Registered second = registry.register(replacement);
        Registered named = withoutNumber();
        link(UUID.randomUUID(), named, first);
        EventPlace replaced =
                registry.link(UUID.randomUUID(), LinkKind.NUMBER_REPLACED, first.holder(), second.holder());
        String[] position = after(replaced);

        Answer byOld = query.consult(old.digits(), position);
        Answer byNew = query.consult(replacement.digits(), position);

        assertThat(references(byOld)).isEqualTo(references(first, second, named));
        assertThat(references(byNew)).isEqualTo(references(byOld));
        assertThat(found(byNew, first).path("link").path("kind").asString()).isEqualTo("NUMBER_REPLACED");
        assertThat(found(byNew, named).path("link").path("recordedAt").asString())
                .as("the way there is known since its latest link")
                .isEqualTo(replaced.recordedAt().toString());
        String[] citizen = RunningQuery.agency(position);
        citizen[1] = "citizen:" + replacement.digits();
        assertThat(query.get("/v1/qualifications/" + first.reference(), citizen).status())
                .as("a citizen's record under the old number is their own")
                .isEqualTo(200);
    }

    @Test
    void anUndoneLinkPartsThePersonAgainAndNothingVanishes() {
        Insz insz = Deliveries.person();
        Registered own = registry.register(insz);
        Registered other = withoutNumber();
        UUID link = UUID.randomUUID();
        EventPlace linked = link(link, other, own);
        EventPlace undone = registry.undo(link, other.holder(), own.holder());
        String[] position = after(undone);

        assertThat(references(query.consult(insz.digits(), position))).isEqualTo(references(own));
        assertThat(query.read("/v1/qualifications/" + other.reference()).status())
                .isEqualTo(200);
        Answer then = query.post(
                "/v1/consultations",
                "{\"insz\":\"%s\",\"asOf\":\"%s\"}".formatted(insz.digits(), linked.recordedAt()),
                RunningQuery.agency());
        assertThat(references(then))
                .as("what was known then, by the links of today")
                .isEqualTo(references(own));
        EventPlace again = link(UUID.randomUUID(), other, own);
        assertThat(references(query.consult(insz.digits(), after(again)))).isEqualTo(references(own, other));
    }

    @Test
    void linksAreTodaysAndContentsAreOfTheMomentAsked() {
        Insz insz = Deliveries.person();
        Registered own = registry.register(insz);
        Registered before = registry.register(UUID.randomUUID(), Examples.holderWithoutNumber(), Examples.secondary());
        registry.correct(before.reference(), Examples.master());
        EventPlace linked = link(UUID.randomUUID(), before, own);
        after(linked);
        Answer then = query.post(
                "/v1/consultations",
                "{\"insz\":\"%s\",\"asOf\":\"%s\"}"
                        .formatted(insz.digits(), before.place().recordedAt()),
                RunningQuery.agency("X-Min-Position", Long.toString(linked.position())));
        assertThat(found(then, before).path("version").asInt()).isEqualTo(1);
        assertThat(found(then, before).path("basis").path("category").asString())
                .isEqualTo("Secundair onderwijs");
        assertThat(found(then, before).path("link").path("recordedAt").asString())
                .isEqualTo(linked.recordedAt().toString());
    }

    @Test
    void askingIsLoggedUnderTheNumberAskedAlsoWhereALinkLedFurther() {
        Insz insz = Deliveries.person();
        Registered own = registry.register(insz);
        Registered other = withoutNumber();
        query.consult(insz.digits(), after(other.place()));
        EventPlace linked = link(UUID.randomUUID(), other, own);
        query.consult(insz.digits(), after(linked));
        List<String> subjects = fixture.strings(
                Database.ACCESSLOG, "SELECT encode(subject, 'hex') FROM accesslog.entry ORDER BY at DESC LIMIT 2");
        assertThat(subjects).hasSize(2).containsOnly(subjects.getFirst());
    }

    @Test
    void anErasedHolderIsNotFollowedAndWhoeverWasLinkedWithItIsStillAnswered() {
        Insz insz = Deliveries.person();
        Registered own = registry.register(insz);
        Registered other = withoutNumber();
        EventPlace linked = link(UUID.randomUUID(), other, own);
        fixture.tamper(Database.KEYRING, """
                WITH gone AS (DELETE FROM keyring.data_key WHERE id = '%1$s')
                INSERT INTO keyring.shredding
                    (stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at, after_rewrite)
                VALUES ('%1$s', gen_random_uuid(), 'ERASURE', 'REQUESTED', 'GDPR art. 17', now(), now(), 0)
                """.formatted(other.holder()));
        assertThat(references(query.consult(insz.digits(), after(linked)))).isEqualTo(references(own));
    }

    @Nested
    class AQualificationFiledUnderTheWrongPerson {
        @Test
        void isFoundUnderTheRightOneOnlyUnderTheSameReferenceWithItsHistory() {
            Insz wrong = Deliveries.person();
            Insz right = Deliveries.person();
            Registered kept = registry.register(wrong);
            Registered moved = registry.register(wrong, Examples.secondary());
            Registered own = registry.register(right);
            Registered after = registry.move(moved.reference(), moved.holder(), own.holder());
            String[] position = after(after.place());

            assertThat(references(query.consult(wrong.digits(), position))).isEqualTo(references(kept));
            assertThat(references(query.consult(right.digits(), position))).isEqualTo(references(own, moved));
            JsonNode one = query.read("/v1/qualifications/" + moved.reference()).json();
            assertThat(one.path("holder").path("insz").asString()).isEqualTo(right.digits());
            assertThat(one.path("version").asInt()).isEqualTo(2);
            JsonNode versions = query.read("/v1/qualifications/" + moved.reference() + "/history")
                    .json()
                    .path("versions");
            assertThat(versions.valueStream()
                            .map(version -> version.path("type").asString()))
                    .containsExactly("QualificationRegistered", "QualificationMoved");
            assertThat(versions.path(1).path("reasonCode").asString()).isEqualTo("WRONG_PERSON");

            Registered corrected = registry.correct(moved.reference(), Examples.master());
            Answer later = query.consult(right.digits(), after(corrected.place()));
            assertThat(found(later, moved).path("version").asInt()).isEqualTo(3);
            assertThat(query.consult(wrong.digits())
                            .json()
                            .path("qualifications")
                            .size())
                    .isEqualTo(1);
        }

        @Test
        void canBeMovedBack() {
            Insz first = Deliveries.person();
            Insz second = Deliveries.person();
            Registered moved = registry.register(first);
            Registered own = registry.register(second);
            registry.move(moved.reference(), moved.holder(), own.holder());
            Registered back = registry.move(moved.reference(), own.holder(), moved.holder());
            String[] position = after(back.place());
            assertThat(references(query.consult(first.digits(), position))).isEqualTo(references(moved));
            assertThat(references(query.consult(second.digits(), position))).isEqualTo(references(own));
        }

        @Test
        void isRefusedWhereItsMovesDoNotFollowEachOther() {
            Insz insz = Deliveries.person();
            Registered moved = registry.register(insz);
            Registered own = registry.register(Deliveries.person());
            Registered after = registry.move(moved.reference(), UUID.randomUUID(), own.holder());
            assertThat(query.consult(insz.digits(), after(after.place())).code())
                    .isEqualTo("RECORD_UNAVAILABLE");
        }
    }

    @Nested
    class ASuperuserJoinsNobody {
        @Test
        void byALinkThatOnlyOneEndStates() {
            Insz insz = Deliveries.person();
            Registered victim = registry.register(insz);
            Registered other = registry.register(Deliveries.person());
            EventPlace stated = registry.say(
                    new HolderLinked(
                            UUID.randomUUID(), LinkKind.NUMBER_LINKED, victim.holder(), other.holder(), "FORGED"),
                    victim.holder());
            Answer answer = query.consult(insz.digits(), after(stated));
            assertThat(answer.code()).isEqualTo("RECORD_UNAVAILABLE");
        }

        @Test
        void byCuttingTheUndoingFromTheStreamOfOneEnd() {
            Insz insz = Deliveries.person();
            Registered victim = registry.register(insz);
            Registered other = withoutNumber();
            UUID link = UUID.randomUUID();
            link(link, other, victim);
            EventPlace undone = registry.undo(link, other.holder(), victim.holder());
            String[] position = after(undone);
            assertThat(references(query.consult(insz.digits(), position))).isEqualTo(references(victim));
            cut(Database.QUERY, "projection.event", victim.holder(), "HolderLinkUndone");
            assertThat(references(query.consult(insz.digits())))
                    .as("the store has both")
                    .isEqualTo(references(victim));
            fixture.tamper(Database.EVENTSTORE, "ALTER TABLE eventstore.event DISABLE TRIGGER event_is_immutable");
            cut(Database.EVENTSTORE, "eventstore.event", victim.holder(), "HolderLinkUndone");
            assertThat(query.consult(insz.digits()).code()).isEqualTo("RECORD_UNAVAILABLE");
        }

        private void cut(Database database, String table, UUID stream, String type) {
            assertThat(fixture.tamper(
                            database,
                            "DELETE FROM %s WHERE stream = '%s' AND type = '%s'".formatted(table, stream, type)))
                    .isEqualTo(1);
        }

        @Test
        void byCopyingALinkIntoSomebodyElsesStream() {
            Insz insz = Deliveries.person();
            Registered victim = registry.register(insz);
            Registered linked = registry.register(Deliveries.person());
            Registered other = withoutNumber();
            EventPlace place = link(UUID.randomUUID(), other, linked);
            String[] position = after(place);
            assertThat(references(query.consult(insz.digits(), position))).isEqualTo(references(victim));
            StoredEvent event = fixture.store().stream(linked.holder()).getLast();
            fixture.tamper(Database.QUERY, """
                    INSERT INTO projection.event
                    SELECT '%s', 2, position, recorded_at, type, type_version, '%s', command, commitment,
                           sha256('\\x00'::bytea || int8send(position)
                               || int8send((extract(epoch FROM recorded_at) * 1000000)::bigint)
                               || uuid_send('%s'::uuid) || int8send(2) || int4send(length(type))
                               || convert_to(type, 'UTF8') || int4send(type_version) || commitment),
                           key_generation, ciphertext
                      FROM projection.event WHERE stream = '%s' AND version = %d
                    """.formatted(
                            victim.holder(),
                            victim.holder(),
                            victim.holder(),
                            linked.holder(),
                            event.context().version()));
            assertThat(references(query.consult(insz.digits())))
                    .as("it does not open there; the store's own stream is answered")
                    .isEqualTo(references(victim));
        }

        @Test
        void byExchangingRowsOfTheIndexOfLinkedHolders() {
            Insz mine = Deliveries.person();
            Insz theirs = Deliveries.person();
            Registered first = registry.register(mine);
            Registered second = registry.register(theirs);
            Registered named = withoutNumber();
            EventPlace linked = link(UUID.randomUUID(), named, second);
            String[] position = after(linked);
            assertThat(references(query.consult(mine.digits(), position))).isEqualTo(references(first));
            fixture.tamper(Database.KEYRING, """
                    UPDATE keyring.holder_claim
                       SET holder = CASE holder WHEN '%1$s'::uuid THEN '%2$s'::uuid ELSE '%1$s'::uuid END
                     WHERE holder IN ('%1$s', '%2$s')
                    """.formatted(first.holder(), second.holder()));
            assertThat(query.consult(mine.digits()).code()).isEqualTo("INDEX_MISMATCH");
            assertThat(query.consult(theirs.digits()).code()).isEqualTo("INDEX_MISMATCH");
        }

        @Test
        void andARowOfALinkThatIsGoneIsReadFromTheStore() {
            Insz insz = Deliveries.person();
            Registered own = registry.register(insz);
            Registered other = withoutNumber();
            EventPlace linked = link(UUID.randomUUID(), other, own);
            String[] position = after(linked);
            assertThat(references(query.consult(insz.digits(), position))).isEqualTo(references(own, other));
            cut(Database.QUERY, "projection.event", other.holder(), "HolderLinked");
            assertThat(references(query.consult(insz.digits()))).isEqualTo(references(own, other));
        }
    }
}
