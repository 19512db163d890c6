package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.FollowedCase;
import eu.diplomatics.accesslog.Notice;
import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventReader.Occurrence;
import eu.diplomatics.query.accesslog.CaseLedger;
import eu.diplomatics.query.accesslog.CaseLedger.Due;
import eu.diplomatics.query.accesslog.CaseLedger.Given;
import eu.diplomatics.query.accesslog.CaseLedger.Live;
import eu.diplomatics.query.accesslog.CaseLedger.News;
import eu.diplomatics.query.accesslog.CaseLedger.Scope;
import eu.diplomatics.query.accesslog.NumberSubjects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What the open cases of agencies are to be told of a stretch of the log, and writing it into their feeds while their mandates
 * last. It answers nobody: what an agency gets comes out of the gate for notices.
 */
@Component
public final class CaseFollower {
    private static final Logger LOG = LoggerFactory.getLogger(CaseFollower.class);

    private final EventReader log;
    private final CaseLedger ledger;
    private final NoticeSeal seal;
    private final LogOpener opener;
    private final NumberSubjects subjects;
    private final Entitlement entitlement;
    private final Alarms alarms;

    CaseFollower(
            EventReader log,
            CaseLedger ledger,
            NoticeSeal seal,
            LogOpener opener,
            NumberSubjects subjects,
            Entitlement entitlement,
            Alarms alarms) {
        this.log = log;
        this.ledger = ledger;
        this.seal = seal;
        this.opener = opener;
        this.subjects = subjects;
        this.entitlement = entitlement;
        this.alarms = alarms;
    }

    /** What becomes durable with the position that was reached. */
    public record Step(List<Scope> scopes, List<News> news) {
        static final Step NOTHING = new Step(List.of(), List.of());
    }

    /**
     * What happened behind one position and up to another, for the cases that are told of it.
     *
     * @param from nothing that was recorded before
     */
    public Step follow(int incarnation, long after, long upTo, Instant from) {
        // before anything is looked at: a case that is opened from now on begins behind this stretch
        Live live = ledger.reach(incarnation, upTo);
        if (!live.any()) {
            return Step.NOTHING;
        }
        List<Occurrence> occurrences = log.occurrences(after, upTo, CaseStep.TYPES).stream()
                .filter(occurrence -> !occurrence.place().recordedAt().isBefore(from))
                .toList();
        try (NoticeSeal.Session session = seal.open()) {
            CaseStep step = new CaseStep(session, ledger, opener, subjects, alarms);
            step.begin(ledger.toFollow());
            if (live.waiting()) {
                step.arrived(occurrences);
            }
            step.goThrough(occurrences);
            return new Step(step.scopes(), step.news());
        }
    }

    /**
     * Writes what is to be told into the agencies' feeds; nothing where the mandate of a case has ended.
     *
     * @return how many could not be written, because they are not what was sealed
     */
    public int give() {
        while (true) {
            List<Due> due = ledger.due();
            if (due.isEmpty()) {
                return 0;
            }
            List<Given> given = new ArrayList<>(due.size());
            try (NoticeSeal.Session session = seal.open()) {
                due.forEach(each -> given(session, each).ifPresent(given::add));
            }
            ledger.give(given);
            int broken = due.size() - given.size();
            if (broken > 0) {
                LOG.error("ALARM NOTICES: {} cases or what they are told are not what was sealed", broken);
                return broken;
            }
        }
    }

    private Optional<Given> given(NoticeSeal.Session session, Due due) {
        Optional<Notice> news = session.open(due.key(), due.event(), due.news());
        Optional<FollowedCase> about = session.openCase(due.key(), due.about());
        if (news.isEmpty() || about.isEmpty()) {
            return Optional.empty();
        }
        if (!entitlement.allows(about.get())) {
            return Optional.of(new Given(due, null, null, null));
        }
        byte[] feed = session.feed(about.get().agency());
        byte[] event = session.notice(feed, due.event());
        return Optional.of(new Given(due, feed, event, session.seal(feed, event, news.get())));
    }
}
