package eu.diplomatics.query.notice;

import eu.diplomatics.accesslog.Notice;
import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventReader.Occurrence;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.query.accesslog.NoticeLedger;
import eu.diplomatics.query.accesslog.NoticeLedger.Change;
import eu.diplomatics.query.accesslog.NoticeLedger.Due;
import eu.diplomatics.query.accesslog.NoticeLedger.Given;
import eu.diplomatics.query.disclosure.CaseFollower;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through the log, and writes a notice for each agency that received a record to which something happened since, or that
 * has a case about whose it is. How far it is lies beside the notices, moves with them in one transaction, and hangs on no
 * projection: a rebuild sends none. Several instances may do this at the same time.
 */
final class NoticeMaker {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeMaker.class);
    /** Positions in one step. */
    private static final long STEP = 20_000;

    private static final Map<String, Notice.Kind> KINDS = Map.of(
            "QualificationCorrected",
            Notice.Kind.CORRECTED,
            "QualificationAnnulled",
            Notice.Kind.ANNULLED,
            "QualificationReinstated",
            Notice.Kind.REINSTATED,
            "QualificationMoved",
            Notice.Kind.MOVED,
            QualificationDisputed.TYPE,
            Notice.Kind.DISPUTED,
            DisputeSettled.TYPE,
            Notice.Kind.SETTLED);

    private final EventReader log;
    private final Incarnations incarnations;
    private final NoticeLedger ledger;
    private final NoticeSeal seal;
    private final CaseFollower cases;
    private final InstantSource clock;
    private final Duration kept;

    /** @param kept notices: what happened before is told nobody, who may have been told and have no notice of it any more */
    NoticeMaker(
            EventReader log,
            Incarnations incarnations,
            NoticeLedger ledger,
            NoticeSeal seal,
            CaseFollower cases,
            InstantSource clock,
            Duration kept) {
        this.cases = cases;
        this.clock = clock;
        this.kept = kept;
        this.log = log;
        this.incarnations = incarnations;
        this.ledger = ledger;
        this.seal = seal;
    }

    /**
     * Does all that there is to do.
     *
     * @return how many notices could not be written, because who is to get them is not what was sealed
     */
    int round() {
        int incarnation = incarnations.now().number();
        long position = ledger.position(incarnation);
        long head = log.head().position();
        Instant from = clock.instant().minus(kept);
        while (position < head) {
            long to = Math.min(head, position + STEP);
            CaseFollower.Step step = cases.follow(incarnation, position, to, from);
            if (!ledger.distribute(
                    incarnation, position, to, changes(position, to, from), step.scopes(), step.news())) {
                break;
            }
            position = to;
        }
        int broken = give();
        return broken + cases.give();
    }

    private List<Change> changes(long after, long upTo, Instant from) {
        List<Occurrence> occurrences = log.occurrences(after, upTo, KINDS.keySet());
        if (occurrences.isEmpty()) {
            return List.of();
        }
        List<Change> changes = new ArrayList<>(occurrences.size());
        try (NoticeSeal.Session session = seal.open()) {
            for (Occurrence occurrence : occurrences) {
                EventPlace place = occurrence.place();
                Notice.Kind kind = KINDS.get(occurrence.type());
                if (kind != null && !place.recordedAt().isBefore(from)) {
                    byte[] record = session.record(place.stream());
                    byte[] event = session.change(place.leaf());
                    Notice notice =
                            new Notice(kind, place.stream(), place.version(), place.position(), place.recordedAt());
                    changes.add(new Change(record, event, place.version(), session.seal(record, event, notice)));
                }
            }
        }
        return changes;
    }

    private int give() {
        while (true) {
            List<Due> due = ledger.due();
            if (due.isEmpty()) {
                return 0;
            }
            List<Given> notices = new ArrayList<>(due.size());
            try (NoticeSeal.Session session = seal.open()) {
                due.forEach(each -> given(session, each).ifPresent(notices::add));
            }
            ledger.give(notices);
            int broken = due.size() - notices.size();
            if (broken > 0) {
                LOG.error("ALARM NOTICES: {} recipients or changes are not what was sealed", broken);
                return broken;
            }
        }
    }

    private static Optional<Given> given(NoticeSeal.Session session, Due due) {
        Optional<Notice> notice = session.open(due.record(), due.event(), due.change());
        return session.openRecipient(due.record(), due.agency(), due.recipient())
                .flatMap(agency -> notice.map(told -> {
                    byte[] feed = session.feed(agency);
                    byte[] event = session.notice(feed, due.event());
                    return new Given(due, feed, event, session.seal(feed, event, told));
                }));
    }
}
