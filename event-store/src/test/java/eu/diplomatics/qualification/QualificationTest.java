package eu.diplomatics.qualification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.QualificationReinstated;
import eu.diplomatics.qualification.QualificationCommand.AnnulQualification;
import eu.diplomatics.qualification.QualificationCommand.CorrectQualification;
import eu.diplomatics.qualification.QualificationCommand.DisputeQualification;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.QualificationCommand.ReinstateQualification;
import eu.diplomatics.qualification.QualificationCommand.SettleDispute;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("A qualification (L2.5)")
class QualificationTest {
    private static final String KUL = "kuleuven";
    private static final QualificationRegistered REGISTERED =
            new QualificationRegistered(KUL, "A-1", Examples.master(), Examples.derived(), List.of());
    private static final QualificationCorrected CORRECTED =
            new QualificationCorrected(Examples.secondary(), Examples.derived(), List.of());
    private static final QualificationAnnulled ANNULLED = new QualificationAnnulled("FRAUD");
    private static final QualificationReinstated REINSTATED = new QualificationReinstated("COURT");

    private static final RegisterQualification REGISTER =
            new RegisterQualification(KUL, "A-1", Examples.holder(1), Examples.master(), Examples.derived(), List.of());
    private static final CorrectQualification CORRECT =
            new CorrectQualification(KUL, Examples.secondary(), Examples.derived(), List.of());
    private static final AnnulQualification ANNUL = new AnnulQualification(KUL, "FRAUD");
    private static final ReinstateQualification REINSTATE = new ReinstateQualification(KUL, "COURT");
    private static final LocalDate RESPOND_BY = LocalDate.of(2026, 12, 24);
    private static final QualificationDisputed DISPUTED = new QualificationDisputed("NAME", RESPOND_BY);
    private static final DisputeQualification DISPUTE = new DisputeQualification(true, "NAME", RESPOND_BY);

    @Nested
    @DisplayName("that is not registered")
    class NotRegistered {
        @Test
        void is_registered() {
            assertThat(given().when(REGISTER)).isEqualTo(happened(REGISTERED));
        }

        @Test
        void cannot_be_corrected_annulled_or_reinstated() {
            assertThat(List.of(given().when(CORRECT), given().when(ANNUL), given().when(REINSTATE)))
                    .allMatch(refused(RejectionCode.UNKNOWN_REFERENCE));
        }
    }

    @Nested
    @DisplayName("that is registered")
    class Registered {
        @Test
        void is_corrected_and_annulled() {
            assertThat(given(REGISTERED).when(CORRECT)).isEqualTo(happened(CORRECTED));
            assertThat(given(REGISTERED, CORRECTED).when(ANNUL)).isEqualTo(happened(ANNULLED));
        }

        @Test
        void stays_as_it_is_when_the_correction_says_what_is_so() {
            assertThat(given(REGISTERED, CORRECTED).when(CORRECT)).isEqualTo(new Decision.AlreadySo(2));
            assertThat(given(REGISTERED, CORRECTED, ANNULLED, REINSTATED).when(CORRECT))
                    .isEqualTo(new Decision.AlreadySo(2));
        }

        @Test
        void cannot_be_reinstated_when_it_never_was_annulled() {
            assertThat(given(REGISTERED).when(REINSTATE)).matches(refused(RejectionCode.WRONG_STATE));
        }

        @Test
        void is_only_its_suppliers_to_change() {
            assertThat(List.of(
                            given(REGISTERED).when(new AnnulQualification("ugent", "X")),
                            given(REGISTERED, ANNULLED).when(new ReinstateQualification("ugent", "X")),
                            given(REGISTERED)
                                    .when(new CorrectQualification(
                                            "ugent", Examples.secondary(), Examples.derived(), List.of()))))
                    .allMatch(refused(RejectionCode.NOT_YOUR_INSTITUTION));
        }

        @Test
        void is_not_registered_over() {
            assertThat(given(REGISTERED).when(REGISTER)).matches(refused(RejectionCode.REFERENCE_CONFLICT));
        }
    }

    @Nested
    @DisplayName("that is annulled")
    class IsAnnulled {
        @Test
        void is_reinstated_with_the_content_it_had() {
            assertThat(given(REGISTERED, CORRECTED, ANNULLED).when(REINSTATE)).isEqualTo(happened(REINSTATED));
            assertThat(Qualification.of(List.of(REGISTERED, CORRECTED, ANNULLED, REINSTATED)))
                    .isInstanceOfSatisfying(Qualification.Registered.class, state -> {
                        assertThat(state.content().basis()).isEqualTo(Examples.secondary());
                        assertThat(state.version()).isEqualTo(4);
                        assertThat(state.basisVersion()).isEqualTo(2);
                    });
        }

        @Test
        void cannot_be_corrected() {
            assertThat(given(REGISTERED, ANNULLED).when(CORRECT)).matches(refused(RejectionCode.WRONG_STATE));
        }

        @Test
        void answers_a_repeated_annulment_as_the_first_time_whatever_its_reason() {
            assertThat(given(REGISTERED, ANNULLED).when(new AnnulQualification(KUL, "OTHER")))
                    .isEqualTo(new Decision.AlreadySo(2));
            assertThat(given(REGISTERED, ANNULLED, REINSTATED, ANNULLED).when(ANNUL))
                    .isEqualTo(new Decision.AlreadySo(4));
            assertThat(given(REGISTERED, ANNULLED, REINSTATED).when(REINSTATE)).isEqualTo(new Decision.AlreadySo(3));
        }
    }

    @Nested
    @DisplayName("that is disputed")
    class Disputed {
        @Test
        void stays_what_it_is_and_is_disputed_until_that_is_settled() {
            assertThat(given(REGISTERED).when(DISPUTE)).isEqualTo(happened(DISPUTED));
            assertThat(Qualification.of(List.of(REGISTERED, DISPUTED)))
                    .isInstanceOfSatisfying(Qualification.Registered.class, state -> {
                        assertThat(state.content().basis()).isEqualTo(Examples.master());
                        assertThat(state.dispute().isOpen()).isTrue();
                        assertThat(state.dispute().since()).isEqualTo(2);
                    });
            assertThat(Qualification.of(List.of(REGISTERED, DISPUTED, settled(DisputeOutcome.UPHELD)))
                            .disputes()
                            .isOpen())
                    .isFalse();
        }

        @Test
        void has_one_dispute_at_a_time_and_a_new_one_after_it() {
            assertThat(given(REGISTERED, DISPUTED).when(DISPUTE)).isEqualTo(new Decision.AlreadySo(2));
            assertThat(given(REGISTERED, DISPUTED, settled(DisputeOutcome.UPHELD))
                            .when(DISPUTE))
                    .isEqualTo(happened(DISPUTED));
        }

        @Test
        void goes_on_being_disputed_when_it_is_corrected_annulled_or_reinstated() {
            assertThat(Qualification.of(List.of(REGISTERED, DISPUTED, CORRECTED, ANNULLED, REINSTATED, ANNULLED))
                            .disputes()
                            .isOpen())
                    .isTrue();
        }

        @Test
        void is_not_settled_as_changed_before_anything_was_changed() {
            assertThat(given(REGISTERED, CORRECTED, DISPUTED).when(settle(DisputeOutcome.CHANGED)))
                    .matches(refused(RejectionCode.WRONG_STATE));
            for (QualificationEvent change : List.of(CORRECTED, ANNULLED)) {
                assertThat(given(REGISTERED, DISPUTED, change).when(settle(DisputeOutcome.CHANGED)))
                        .isEqualTo(happened(settled(DisputeOutcome.CHANGED)));
            }
            assertThat(given(REGISTERED, ANNULLED, DISPUTED, REINSTATED).when(settle(DisputeOutcome.CHANGED)))
                    .isEqualTo(happened(settled(DisputeOutcome.CHANGED)));
            assertThat(given(REGISTERED, ANNULLED, DISPUTED).when(settle(DisputeOutcome.UPHELD)))
                    .isEqualTo(happened(settled(DisputeOutcome.UPHELD)));
        }

        @Test
        void is_settled_once_and_the_same_settlement_again_is_already_so() {
            Given settled = given(REGISTERED, DISPUTED, settled(DisputeOutcome.UPHELD), CORRECTED);
            assertThat(settled.when(settle(DisputeOutcome.UPHELD))).isEqualTo(new Decision.AlreadySo(3));
            assertThat(settled.when(settle(DisputeOutcome.CHANGED))).matches(refused(RejectionCode.WRONG_STATE));
            assertThat(given(REGISTERED).when(settle(DisputeOutcome.UPHELD)))
                    .matches(refused(RejectionCode.WRONG_STATE));
        }

        @Test
        void is_disputed_no_more_when_it_turns_out_to_be_another_persons() {
            QualificationMoved moved = new QualificationMoved(new UUID(0, 1), new UUID(0, 2), "WRONG_PERSON");
            for (List<QualificationEvent> events : List.<List<QualificationEvent>>of(
                    List.of(REGISTERED, DISPUTED, moved), List.of(REGISTERED, ANNULLED, DISPUTED, moved))) {
                Qualification state = Qualification.of(events);
                assertThat(state.disputes().isOpen()).isFalse();
                assertThat(Qualification.decide(DISPUTE, state)).isEqualTo(happened(DISPUTED));
                assertThat(Qualification.decide(settle(DisputeOutcome.CHANGED), state))
                        .isEqualTo(new Decision.AlreadySo(events.size()));
            }
        }

        @Test
        void is_disputed_by_a_person_a_few_times_and_then_by_the_controller_for_them() {
            List<QualificationEvent> events = new ArrayList<>(List.of(REGISTERED));
            for (int i = 0; i < Dispute.MOST_BY_PERSON; i++) {
                assertThat(Qualification.decide(DISPUTE, Qualification.of(events)))
                        .isEqualTo(happened(DISPUTED));
                events.add(DISPUTED);
                events.add(settled(DisputeOutcome.WITHDRAWN));
            }
            assertThat(Qualification.decide(DISPUTE, Qualification.of(events)))
                    .matches(refused(RejectionCode.WRONG_STATE));
            assertThat(Qualification.decide(
                            new DisputeQualification(false, "NAME", RESPOND_BY), Qualification.of(events)))
                    .isEqualTo(happened(DISPUTED));
        }

        @Test
        void is_settled_by_no_other_supplier() {
            assertThat(given(REGISTERED, DISPUTED).when(new SettleDispute("ugent", DisputeOutcome.UPHELD, "X")))
                    .matches(refused(RejectionCode.NOT_YOUR_INSTITUTION));
        }

        private static SettleDispute settle(DisputeOutcome outcome) {
            return new SettleDispute(KUL, outcome, "CHECKED");
        }

        private static DisputeSettled settled(DisputeOutcome outcome) {
            return new DisputeSettled(outcome, "CHECKED");
        }
    }

    @Test
    void whatever_is_asked_of_it_never_gets_an_event_that_cannot_follow() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<QualificationCommand> commands = List.of(
                REGISTER,
                CORRECT,
                new CorrectQualification(KUL, Examples.master(), Examples.derived(), List.of()),
                ANNUL,
                REINSTATE,
                DISPUTE,
                new SettleDispute(KUL, DisputeOutcome.CHANGED, "X"),
                new DisputeQualification(false, "NAME", RESPOND_BY),
                new SettleDispute(null, DisputeOutcome.WITHDRAWN, "X"),
                new SettleDispute(null, DisputeOutcome.UPHELD, "X"));
        Qualification state = Qualification.initial();
        long version = 0;
        for (int i = 0; i < 10_000; i++) {
            QualificationCommand command = commands.get(random.nextInt(commands.size()));
            Decision decision = Qualification.decide(command, state);
            if (decision instanceof Decision.Happened(QualificationEvent event)) {
                state = Qualification.evolve(state, event);
                version++;
                assertThat(Qualification.decide(command, state))
                        .as("seed %d: once it has happened it is already so", seed)
                        .matches(again -> !(again instanceof Decision.Happened));
            } else if (decision instanceof Decision.AlreadySo(long since)) {
                assertThat(since).as("seed %d", seed).isBetween(1L, version);
            }
        }
    }

    @Test
    void refuses_a_stream_that_cannot_be() {
        assertThatThrownBy(() -> Qualification.of(List.of(ANNULLED))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Qualification.of(List.of(REGISTERED, REGISTERED)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Qualification.of(List.of(REGISTERED, ANNULLED, CORRECTED)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Qualification.of(List.of(REGISTERED, DISPUTED, DISPUTED)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() ->
                        Qualification.of(List.of(REGISTERED, new DisputeSettled(DisputeOutcome.UPHELD, "CHECKED"))))
                .isInstanceOf(IllegalStateException.class);
    }

    private record Given(List<QualificationEvent> events) {
        Decision when(QualificationCommand command) {
            return Qualification.decide(command, Qualification.of(events));
        }
    }

    private static Given given(QualificationEvent... events) {
        return new Given(List.of(events));
    }

    private static Decision happened(QualificationEvent event) {
        return new Decision.Happened(event);
    }

    private static java.util.function.Predicate<Decision> refused(RejectionCode code) {
        return decision -> decision instanceof Decision.Refused(Rejection rejection) && rejection.code() == code;
    }
}
