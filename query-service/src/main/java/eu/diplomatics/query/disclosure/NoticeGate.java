package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.Notice;
import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.query.accesslog.AccessLog;
import eu.diplomatics.query.accesslog.NoticeLedger;
import eu.diplomatics.query.accesslog.NoticeLedger.Feed;
import eu.diplomatics.query.accesslog.NoticeLedger.LedgerUnavailableException;
import eu.diplomatics.query.caller.Caller.Role;
import eu.diplomatics.query.caller.XRoadClients;
import eu.diplomatics.query.disclosure.Notices.Acknowledged;
import eu.diplomatics.query.disclosure.Notices.Page;
import eu.diplomatics.query.disclosure.Notices.Told;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The one way out for notices (GDPR, article 19): each agency its own, whether a mandate of it is in force or not. What is
 * told stands in the access log before it leaves; a look that finds nothing is about nobody and leaves no row.
 */
@Component
public final class NoticeGate {
    static final String READ = "NOTICES";
    static final String ACKNOWLEDGE = "ACKNOWLEDGE_NOTICES";
    /** Operations that are no question about anybody. */
    static final Set<String> OPERATIONS = Set.of(READ, ACKNOWLEDGE);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final NoticeLedger ledger;
    private final NoticeSeal seal;
    private final AccessLog log;
    private final XRoadClients clients;
    private final Callers callers;
    private final Alarms alarms;

    NoticeGate(
            NoticeLedger ledger, NoticeSeal seal, AccessLog log, XRoadClients clients, Callers callers, Alarms alarms) {
        this.ledger = ledger;
        this.seal = seal;
        this.log = log;
        this.clients = clients;
        this.callers = callers;
        this.alarms = alarms;
    }

    /** Those behind a number that the agency did not acknowledge, in order. */
    public Page read(Inquiry inquiry, long after, int limit) {
        byte[] own = feed(inquiry, READ);
        List<Told> notices = told(own, answered(() -> ledger.notices(own, after, limit)));
        Feed feed = answered(() -> ledger.feed(own));
        if (notices.isEmpty()) {
            return new Page(notices, feed.acknowledged(), feed.last(), null);
        }
        List<Access.Disclosed> disclosed = notices.stream()
                .map(notice -> new Access.Disclosed(notice.reference(), notice.version()))
                .toList();
        Access access = access(inquiry, READ, null, "FOUND", disclosed);
        log.write(List.of(access));
        return new Page(notices, feed.acknowledged(), feed.last(), access.id());
    }

    /**
     * Up to a number, which is not told again from then on.
     *
     * @throws ProblemException {@code MALFORMED} when there is no notice with this number yet
     */
    public Acknowledged acknowledge(Inquiry inquiry, long upTo) {
        byte[] own = feed(inquiry, ACKNOWLEDGE);
        if (upTo > answered(() -> ledger.feed(own)).last()) {
            throw ProblemException.at(ProblemCode.MALFORMED, "/upTo", "There is no notice with this number yet.");
        }
        Access access = access(inquiry, ACKNOWLEDGE, "upTo=" + upTo, "FOUND", List.of());
        log.write(List.of(access));
        answered(() -> ledger.acknowledge(own, upTo));
        Feed feed = answered(() -> ledger.feed(own));
        return new Acknowledged(feed.acknowledged(), feed.last(), access.id());
    }

    /**
     * What is to be brought to an agency that does not ask. It stands in the access log when this returns.
     *
     * @param logged up to this number it stands there already, since it was brought before and not taken
     */
    public Page forWebhook(String agency, long logged, int limit) {
        byte[] own = feed(agency);
        List<Told> notices = told(own, answered(() -> ledger.notices(own, 0, limit)));
        Feed feed = answered(() -> ledger.feed(own));
        List<Access.Disclosed> fresh = notices.stream()
                .filter(notice -> notice.number() > logged)
                .map(notice -> new Access.Disclosed(notice.reference(), notice.version()))
                .toList();
        if (fresh.isEmpty()) {
            return new Page(notices, feed.acknowledged(), feed.last(), null);
        }
        Access access = ofWebhook(agency, READ, null, fresh);
        log.write(List.of(access));
        return new Page(notices, feed.acknowledged(), feed.last(), access.id());
    }

    /** The agency's server took them up to this number. */
    public void taken(String agency, long upTo) {
        log.write(List.of(ofWebhook(agency, ACKNOWLEDGE, "upTo=" + upTo, List.of())));
        answered(() -> ledger.acknowledge(feed(agency), upTo));
    }

    private static Access ofWebhook(
            String agency, String operation, @Nullable String question, List<Access.Disclosed> disclosed) {
        return new Access(
                UUID.randomUUID(),
                null,
                "AGENCY:" + agency,
                null,
                null,
                null,
                null,
                operation,
                question,
                "FOUND",
                null,
                disclosed,
                "webhook");
    }

    private byte[] feed(String agency) {
        try (NoticeSeal.Session session = seal.open()) {
            return session.feed(agency);
        }
    }

    private byte[] feed(Inquiry inquiry, String operation) {
        boolean another = inquiry.xRoad()
                .filter(said -> !clients.agree(said, inquiry.caller()))
                .isPresent();
        if (inquiry.caller().role() != Role.AGENCY || another) {
            log.write(List.of(access(inquiry, operation, null, ProblemCode.NOT_ALLOWED.name(), List.of())));
            throw ProblemException.of(ProblemCode.NOT_ALLOWED, "Only agencies have notices, each its own.");
        }
        return feed(inquiry.caller().id());
    }

    private List<Told> told(byte[] feed, List<NoticeLedger.Row> rows) {
        List<Told> notices = new ArrayList<>(rows.size());
        try (NoticeSeal.Session session = seal.open()) {
            for (NoticeLedger.Row row : rows) {
                Notice notice = session.open(feed, row.notice(), row.sealed()).orElseThrow(() -> {
                    alarms.noticeBroken();
                    return Opener.unavailable();
                });
                notices.add(new Told(
                        row.number(),
                        notice.kind(),
                        notice.reference(),
                        notice.version(),
                        notice.position(),
                        notice.recordedAt(),
                        notice.caseId()));
            }
        }
        return notices;
    }

    private static <T> T answered(Supplier<T> question) {
        try {
            return question.get();
        } catch (LedgerUnavailableException e) {
            throw ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
        }
    }

    private Access access(
            Inquiry inquiry,
            String operation,
            @Nullable String question,
            String outcome,
            List<Access.Disclosed> disclosed) {
        return new Access(
                UUID.randomUUID(),
                null,
                callers.named(inquiry.caller()),
                inquiry.purpose().map(purpose -> purpose.code()).orElse(null),
                inquiry.purpose().map(purpose -> purpose.caseReference()).orElse(null),
                inquiry.purpose().map(purpose -> purpose.endUser()).orElse(null),
                null,
                operation,
                question,
                outcome,
                null,
                disclosed,
                inquiry.traceId(),
                inquiry.xRoad().orElse(null));
    }
}
