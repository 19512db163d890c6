package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.query.disclosure.Answers.QualificationAnswer;
import eu.diplomatics.query.disclosure.NumberIndex.Lead;
import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.vault.OpenedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds and opens what there is about people asked for by number, several at a time. For the gate only. */
@Component
final class Findings {
    private static final Duration ALARM_RETRY = Duration.ofMinutes(1);

    private final NumberIndex index;
    private final Opener opener;
    private final Alarms alarms;

    Findings(NumberIndex index, Opener opener, Alarms alarms) {
        this.index = index;
        this.opener = opener;
        this.alarms = alarms;
    }

    /** Whom to find, and as known when. */
    record Question(Insz insz, @Nullable Instant asOf, String traceId) {}

    /** What came of a question; {@code subject} is the pseudonym to log it under. */
    sealed interface Finding {
        record Found(
                byte[] subject, @Nullable UUID person, List<QualificationAnswer> qualifications, FreshAsOf freshAsOf)
                implements Finding {
            @Override
            public String toString() {
                return "Found[redacted]";
            }
        }

        /** The index knows the number; whose it was can be shown nobody any more. */
        record Erased(byte[] subject, ShreddedStream identity, FreshAsOf freshAsOf) implements Finding {}

        /** An alarm was raised and nothing may be answered: a record is broken, or the index led to somebody else. */
        record Refused(byte[] subject, ProblemException reason) implements Finding {}

        /** Keys or records cannot be had now, by nobody. */
        record Failure(RuntimeException cause) implements Finding {}
    }

    /** One for each question, in order; a record that cannot be answered fails its own question only. */
    List<Finding> of(List<Question> questions) {
        try {
            return together(questions);
        } catch (RuntimeException forAll) {
            // asking one at a time would multiply the outage by the number of questions (L09)
            return questions.stream()
                    .<Finding>map(question -> new Finding.Failure(forAll))
                    .toList();
        }
    }

    private List<Finding> together(List<Question> questions) {
        Set<Insz> numbers = questions.stream().map(Question::insz).collect(Collectors.toCollection(LinkedHashSet::new));
        Map<Insz, Lead> leads = numbers.isEmpty() ? Map.of() : index.find(numbers);
        // nobody is looked for as somebody is: how long it takes does not tell which
        Set<UUID> holders = leads.values().stream()
                .map(lead -> lead.holder().orElseGet(UUID::randomUUID))
                .collect(Collectors.toSet());
        Opened opened = opener.holders(holders);
        return questions.stream()
                .map(question -> finding(question, Objects.requireNonNull(leads.get(question.insz())), opened))
                .toList();
    }

    private Finding finding(Question question, Lead lead, Opened opened) {
        UUID first = lead.holder().orElse(null);
        if (first == null) {
            return new Finding.Found(lead.subject(), null, List.of(), opened.freshAsOf());
        }
        Person person = Person.around(first, opened.holders());
        if (opened.refuses(person)) {
            return new Finding.Refused(lead.subject(), Opener.unavailable());
        }
        Holder asked = person.holders().get(first);
        ShreddedStream erased = opened.shredded().get(first);
        if (asked == null && erased != null) {
            // without the sealed identity nobody can tell whether the index leads to the right person
            return new Finding.Erased(lead.subject(), erased, opened.freshAsOf());
        }
        if (asked == null) {
            return new Finding.Found(lead.subject(), null, List.of(), opened.freshAsOf());
        }
        // the index is not authentic by itself: only the sealed identity says who this is
        if (!asked.number().equals(Optional.of(question.insz()))) {
            alarms.indexMismatch(question.traceId());
            return new Finding.Refused(
                    lead.subject(),
                    ProblemException.later(ProblemCode.INDEX_MISMATCH, "Operators have been told.", ALARM_RETRY));
        }
        List<QualificationAnswer> qualifications = new ArrayList<>();
        for (Holder holder : person.holders().values()) {
            for (Map.Entry<UUID, List<OpenedEvent>> entry :
                    opened.qualificationsOf(holder.id()).entrySet()) {
                try {
                    Views.qualification(
                                    entry.getKey(),
                                    entry.getValue(),
                                    holder.identity(),
                                    link(person, holder.id()),
                                    question.asOf())
                            .ifPresent(qualifications::add);
                } catch (IllegalStateException cannotFollow) {
                    alarms.recordBroken(entry.getValue().getFirst().stored().position());
                    return new Finding.Refused(lead.subject(), Opener.unavailable());
                }
            }
        }
        opened.shredded().forEach((reference, record) -> {
            Holder holder = whose(person, reference, record);
            if (holder != null) {
                Views.shredded(reference, record, holder.identity(), link(person, holder.id()), question.asOf())
                        .ifPresent(qualifications::add);
            }
        });
        qualifications.sort(Comparator.comparing(QualificationAnswer::reference));
        return new Finding.Found(lead.subject(), person.origin(), List.copyOf(qualifications), opened.freshAsOf());
    }

    /**
     * Whom of these holders a shredded record was about. One that was moved is never shown to whom it stood under wrongly;
     * one that was moved more than once to nobody, since nobody can tell any more whose it was.
     */
    private static @Nullable Holder whose(Person person, UUID reference, ShreddedStream record) {
        if (record.moves() == 0) {
            return person.holders().get(record.holder());
        }
        return person.holders().values().stream()
                .filter(holder -> record.moves() == 1 && holder.received().contains(reference))
                .findFirst()
                .orElse(null);
    }

    private static Answers.@Nullable Link link(Person person, UUID holder) {
        return person.tie(holder)
                .map(tie -> new Answers.Link(tie.kind(), tie.since()))
                .orElse(null);
    }
}
