package eu.diplomatics.qualification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.HolderLinkUndone;
import eu.diplomatics.qualification.DomainEvent.HolderLinked;
import eu.diplomatics.qualification.DomainEvent.HoldersSought;
import eu.diplomatics.qualification.DomainEvent.KeyRetired;
import eu.diplomatics.qualification.DomainEvent.LogResumed;
import eu.diplomatics.qualification.DomainEvent.PositionLost;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationReceived;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The event codec")
class EventCodecTest {
    private final EventCodec codec = new EventCodec();

    @Test
    void reads_back_every_event_it_writes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            DomainEvent event = event(random);
            UUID holder = new UUID(random.nextLong(), random.nextLong());
            EventMetadata metadata =
                    new EventMetadata(text(random), "api", random.nextBoolean() ? "" : text(random), text(random));
            byte[] body = codec.encode(holder, event, metadata);
            assertThat(codec.decode(event.type(), event.typeVersion(), body))
                    .as("seed %d", seed)
                    .isEqualTo(new EventCodec.Body<>(holder, event, metadata));
            assertThat(new String(body, UTF_8)).doesNotContain("null");
            assertThat(body)
                    .as("as databinding writes it, seed %d", seed)
                    .isEqualTo(codec.bound(holder, event, metadata));
        }
    }

    @Test
    void writes_names_that_are_the_contracts() {
        String body = new String(
                codec.encode(
                        new UUID(0, 1),
                        new QualificationRegistered("kul", "A-1", Examples.master(), Examples.derived(), List.of()),
                        new EventMetadata("supplier:kul", "api", "", "c-1")),
                UTF_8);
        assertThat(body)
                .startsWith("{\"holder\":\"00000000-0000-0000-0000-000000000001\",\"event\":{\"supplier\":\"kul\"")
                .contains("\"basis\":{\"authenticity\":\"Authentiek\"", "\"awardedOn\":\"2019-06-28\"", "\"eqf\":7")
                .contains("\"metadata\":{\"actor\":\"supplier:kul\"");
    }

    @Test
    void reads_what_the_first_release_wrote() {
        // a stored event is for ever: this text may never need to change
        String body = """
                {"holder":"00000000-0000-0000-0000-000000000001","event":{"identity":{"insz":"90722501082"}},\
                "metadata":{"actor":"supplier:kul","channel":"batch","reason":"","correlation":"c-1"}}""";
        assertThat(codec.decode("HolderIdentified", 1, body.getBytes(UTF_8)).event())
                .isEqualTo(new HolderIdentified(new HolderIdentity.ByInsz(new Insz("90722501082"))));
    }

    @Test
    void does_not_know_types_and_versions_of_a_later_program() {
        assertThatThrownBy(() -> codec.decode("QualificationRegistered", 2, new byte[0]))
                .isInstanceOfSatisfying(
                        UnknownEventTypeException.class,
                        e -> assertThat(e.typeVersion()).isEqualTo(2));
        assertThatThrownBy(() -> codec.decode("QualificationPraised", 1, new byte[0]))
                .isInstanceOf(UnknownEventTypeException.class);
    }

    @Test
    void refuses_a_body_of_another_shape_without_quoting_it() {
        for (String body : List.of(
                "",
                "{",
                "[]",
                "{\"holder\":\"geheim\"}",
                "{\"geheim\":1}",
                "{\"holder\":\"00000000-0000-0000-0000-000000000001\",\"event\":{\"identity\":{\"insz\":\"90722501083\"}}}")) {
            assertThatThrownBy(() -> codec.decode("HolderIdentified", 1, body.getBytes(UTF_8)))
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageNotContaining("geheim")
                    .hasNoCause();
        }
    }

    @Test
    void refuses_a_body_that_lacks_something_mandatory() {
        EventMetadata metadata = new EventMetadata("supplier:kul", "api", "", "c-1");
        UUID holder = new UUID(0, 1);
        DomainEvent event = new QualificationRegistered("kul", "A-1", Examples.master(), Examples.derived(), List.of());
        String body = new String(codec.encode(holder, event, metadata), UTF_8);
        for (String field : List.of(
                "holder",
                "event",
                "metadata",
                "supplier",
                "basis",
                "derived",
                "kind",
                "awardedOn",
                "subject",
                "actor")) {
            String without = body.replaceFirst("\"" + field + "\":", "\"" + field + "\":null,\"" + field + "Was\":");
            String absent = body.replaceFirst("\"" + field + "\":(\"[^\"]*\"|\\{[^{}]*}),", "");
            for (String broken : List.of(without, absent)) {
                if (!broken.equals(body)) {
                    assertThatThrownBy(() -> codec.decode("QualificationRegistered", 1, broken.getBytes(UTF_8)))
                            .as(field)
                            .isInstanceOf(UnreadableEventException.class);
                }
            }
        }
    }

    @Test
    void has_nothing_of_a_person_in_what_its_types_print() {
        Object event = new QualificationRegistered("kul", "A-1", Examples.master(), Examples.derived(), List.of());
        assertThat(List.of(
                        event,
                        new HolderIdentified(Examples.holderWithoutNumber()),
                        Examples.holder(1),
                        Examples.master(),
                        new EventCodec.Body<>(
                                new UUID(0, 0),
                                new HolderIdentified(Examples.holder(1)),
                                new EventMetadata("a", "api", "", ""))))
                .allMatch(o -> !o.toString().matches("(?s).*(Séaghdha|sociologie|\\d{11}|A-1).*"));
    }

    private static UUID id(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static DomainEvent event(Random random) {
        return switch (random.nextInt(16)) {
            case 0 ->
                new QualificationRegistered(
                        text(random), text(random), basis(random), derived(random), List.of("/basis/kind"));
            case 1 -> new QualificationCorrected(basis(random), derived(random), List.of());
            case 2 -> new QualificationAnnulled(text(random));
            case 3 -> new QualificationReinstated(text(random));
            case 4 -> new QualificationMoved(id(random), id(random), text(random));
            case 5 -> new HolderLinked(id(random), LinkKind.NUMBER_REPLACED, id(random), id(random), text(random));
            case 6 -> new HolderLinkUndone(id(random), text(random));
            case 7 -> new QualificationReceived(id(random));
            case 8 ->
                new StreamShredded(
                        id(random),
                        "ERASURE",
                        "REQUESTED",
                        text(random),
                        text(random),
                        Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L)));
            case 11 ->
                new LogResumed(2, random.nextLong(), random.nextLong(), random.nextLong(), text(random), text(random));
            case 12 -> new PositionLost(random.nextInt());
            case 9 -> new HoldersSought(text(random), text(random), date(random), List.of(id(random)));
            case 10 ->
                new KeyRetired(
                        "epoch-2026-11-22",
                        List.of(new KeyRetired.Destruction("site-a", "0".repeat(64), "f".repeat(64))));
            case 13 -> new QualificationDisputed(text(random), LocalDate.ofEpochDay(random.nextInt(50_000)));
            case 14 -> new DisputeSettled(DisputeOutcome.values()[random.nextInt(3)], text(random));
            default ->
                new HolderIdentified(
                        random.nextBoolean()
                                ? Examples.holder(random.nextInt(100_000))
                                : new HolderIdentity.ByName(text(random), text(random), date(random), text(random)));
        };
    }

    private static Basis basis(Random random) {
        return new Basis(
                text(random),
                text(random),
                text(random),
                text(random),
                maybe(random),
                random.nextInt(3) == 0 ? null : random.nextBoolean(),
                text(random),
                text(random),
                text(random),
                new Basis.Subject(text(random), maybe(random)),
                date(random),
                text(random),
                text(random),
                text(random),
                new Basis.Institution(text(random), maybe(random)),
                text(random),
                detail(random),
                detail(random),
                detail(random),
                maybe(random),
                random.nextBoolean() ? null : random.nextInt(1000),
                IntStream.range(0, random.nextInt(3))
                        .mapToObj(i -> new Basis.AlternativeBody(text(random), text(random)))
                        .toList(),
                IntStream.range(0, random.nextInt(3))
                        .mapToObj(i -> new Basis.AdditionalInformation(text(random), text(random)))
                        .toList());
    }

    private static Derived derived(Random random) {
        return new Derived(
                code(random),
                code(random),
                code(random),
                code(random),
                code(random),
                code(random),
                random.nextBoolean() ? null : random.nextInt(9),
                text(random));
    }

    private static Derived.@Nullable Code code(Random random) {
        return random.nextBoolean() ? null : new Derived.Code(text(random), maybe(random));
    }

    private static Basis.@Nullable Detail detail(Random random) {
        return random.nextBoolean() ? null : new Basis.Detail(text(random), maybe(random));
    }

    private static PartialDate date(Random random) {
        return new PartialDate(
                1800 + random.nextInt(400),
                1 + random.nextInt(12),
                random.nextBoolean() ? null : 1 + random.nextInt(28));
    }

    private static @Nullable String maybe(Random random) {
        return random.nextBoolean() ? null : text(random);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder("x");
        for (int i = random.nextInt(40); i > 0; i--) {
            text.appendCodePoint(
                    random.nextInt(4) == 0
                            ? 0x4e00 + random.nextInt(500)
                            : random.nextInt(10) == 0 ? 0x1f600 + random.nextInt(50) : ' ' + random.nextInt(200));
        }
        return text.toString();
    }
}
