package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.FollowedCase;
import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.query.accesslog.AccessLog;
import eu.diplomatics.query.accesslog.CaseLedger;
import eu.diplomatics.query.accesslog.CaseLedger.Root;
import eu.diplomatics.query.accesslog.CaseLedger.Wanted;
import eu.diplomatics.query.accesslog.NoticeLedger.LedgerUnavailableException;
import eu.diplomatics.query.caller.Caller.Role;
import eu.diplomatics.query.caller.Purpose;
import eu.diplomatics.query.caller.XRoadClients;
import eu.diplomatics.query.disclosure.Cases.Closed;
import eu.diplomatics.query.disclosure.Cases.Listed;
import eu.diplomatics.query.disclosure.Cases.Opened;
import eu.diplomatics.query.disclosure.Cases.Page;
import eu.diplomatics.query.disclosure.Entitlement.Operation;
import eu.diplomatics.query.disclosure.Entitlement.Ruling;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Cases that agencies have about people: while one is open, the agency's feed says that something happened to the person's
 * records. To open one is a question about the person: under a mandate, of its quota, in the access log before it takes effect.
 * Nothing in the answer, and no work that it takes, tells whether the registry knows them (R36).
 */
@Component
public final class CaseGate {
    static final String LIST = "CASES";
    static final String CLOSE = "CLOSE_CASE";
    /** Operations that are no question about anybody. */
    static final Set<String> OPERATIONS = Set.of(LIST, CLOSE);

    private static final ZoneId BELGIUM = ZoneId.of("Europe/Brussels");
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 5;

    private final Askers askers;
    private final Callers callers;
    private final XRoadClients clients;
    private final Numbers numbers;
    private final NumberIndex index;
    private final Entitlement entitlement;
    private final Catalogue catalogue;
    private final Quotas quotas;
    private final Misses misses;
    private final EventReader store;
    private final CaseLedger ledger;
    private final NoticeSeal seal;
    private final AccessLog log;
    private final Alarms alarms;

    CaseGate(
            Askers askers,
            Callers callers,
            XRoadClients clients,
            Numbers numbers,
            NumberIndex index,
            Entitlement entitlement,
            Catalogue catalogue,
            Quotas quotas,
            Misses misses,
            EventReader store,
            CaseLedger ledger,
            NoticeSeal seal,
            AccessLog log,
            Alarms alarms) {
        this.askers = askers;
        this.callers = callers;
        this.clients = clients;
        this.numbers = numbers;
        this.index = index;
        this.entitlement = entitlement;
        this.catalogue = catalogue;
        this.quotas = quotas;
        this.misses = misses;
        this.store = store;
        this.ledger = ledger;
        this.seal = seal;
        this.log = log;
        this.alarms = alarms;
    }

    /**
     * Opens a case under the purpose and case reference of the request, or renews it until another day.
     *
     * @param until its last day; null for the latest that may be, a year from now or the mandate's last day
     */
    public Opened open(Inquiry inquiry, String number, @Nullable LocalDate until) {
        Entry asking = askers.entry(inquiry, Operation.OPEN_CASE, null);
        Checked<Insz> asked = numbers.parse(number);
        Supplier<byte @Nullable []> subject =
                () -> asked instanceof Checked.Valid<Insz>(Insz insz) ? index.subject(insz) : null;
        Entry entry = switch (entitlement.of(inquiry, Operation.OPEN_CASE)) {
            case Ruling.Allowed(Allowance allowance) -> asking.under(allowance);
            case Ruling.Refused(ProblemCode code, String detail) ->
                throw refused(asking, subject.get(), ProblemException.of(code, detail));
        };
        Granted mandate = Objects.requireNonNull(entry.allowance().mandate());
        LocalDate last = last(entry, mandate, until, subject);
        return switch (asked) {
            case Checked.Valid<Insz>(Insz insz) -> {
                quotas.take(entry.allowance(), 1).ifPresent(problem -> {
                    throw refused(entry, subject.get(), problem);
                });
                yield open(entry, mandate, insz, last);
            }
            case Checked.Invalid<Insz> invalid -> {
                Rejection rejection = invalid.rejections().getFirst();
                ProblemCode code = ProblemCode.valueOf(rejection.code().name());
                throw refused(entry, null, ProblemException.at(code, "/insz", rejection.message() + "."));
            }
        };
    }

    private LocalDate last(
            Entry entry, Granted mandate, @Nullable LocalDate until, Supplier<byte @Nullable []> subject) {
        LocalDate today = catalogue.today();
        LocalDate latest = today.plusYears(1);
        LocalDate end = mandate.terms().validUntil();
        if (end != null && end.isBefore(latest)) {
            latest = end;
        }
        LocalDate last = until == null ? latest : until;
        if (last.isBefore(today) || last.isAfter(latest)) {
            throw refused(
                    entry,
                    subject.get(),
                    ProblemException.at(
                            ProblemCode.MALFORMED,
                            "/until",
                            "A case lasts until a day from today on, a year at most and no longer than its mandate."));
        }
        return last;
    }

    private Opened open(Entry entry, Granted mandate, Insz insz, LocalDate last) {
        Purpose purpose = entry.inquiry().purpose().orElseThrow();
        String agency = entry.inquiry().caller().id();
        FollowedCase followed =
                new FollowedCase(agency, purpose.code(), purpose.caseReference(), mandate.id(), mandate.version());
        Access access = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            // before the number is looked for: a holder that is not found then is new behind this position
            long head = head();
            NumberIndex.Lead lead =
                    Objects.requireNonNull(index.find(Set.of(insz)).get(insz));
            if (access == null) {
                misses.note(entry.allowance(), 1, lead.holder().isEmpty() ? 1 : 0);
                access = entry.asking("until=" + last).access(lead.subject(), "OPENED", List.of());
                log.write(List.of(access));
            }
            Wanted wanted = wanted(followed, lead, last, head);
            Optional<CaseLedger.Opened> opened = answered(() -> ledger.open(wanted));
            if (opened.isPresent()) {
                return new Opened(
                        opened.get().id(),
                        followed.purpose(),
                        followed.caseReference(),
                        last,
                        opened.get().after(),
                        access.id());
            }
        }
        throw unavailable();
    }

    /** As much is sealed where nobody has the number as where somebody does. */
    private Wanted wanted(FollowedCase followed, NumberIndex.Lead lead, LocalDate last, long head) {
        try (NoticeSeal.Session session = seal.open()) {
            byte[] person = session.person(lead.subject());
            byte[] key = session.ofCase(followed.agency(), followed.purpose(), followed.caseReference(), person);
            UUID holder = lead.holder().orElseGet(UUID::randomUUID);
            Root root = new Root(session.stream(holder), session.sealRoot(key, holder));
            return new Wanted(
                    UUID.randomUUID(),
                    key,
                    session.cases(followed.agency()),
                    person,
                    session.sealCase(key, followed),
                    last.plusDays(1).atStartOfDay(BELGIUM).toInstant(),
                    head,
                    lead.holder().isPresent() ? root : null);
        }
    }

    /** Those of its own that are open; a case whose mandate has ended is none. */
    public Page list(Inquiry inquiry, @Nullable UUID after, int limit) {
        byte[] own = own(inquiry, LIST);
        List<CaseLedger.Listed> rows =
                answered(() -> ledger.of(own, after == null ? new UUID(0, 0) : after, limit + 1));
        UUID next = rows.size() > limit ? rows.get(limit - 1).id() : null;
        List<Listed> cases = new ArrayList<>();
        try (NoticeSeal.Session session = seal.open()) {
            for (CaseLedger.Listed row : rows.subList(0, Math.min(limit, rows.size()))) {
                FollowedCase followed = session.openCase(row.key(), row.sealed())
                        .orElseThrow(() -> {
                            alarms.noticeBroken();
                            return Opener.unavailable();
                        });
                if (entitlement.allows(followed)) {
                    cases.add(new Listed(
                            row.id(),
                            followed.purpose(),
                            followed.caseReference(),
                            row.openedAt(),
                            lastDay(row.until())));
                }
            }
        }
        Access access = access(inquiry, LIST, null, "FOUND");
        log.write(List.of(access));
        return new Page(cases, next, access.id());
    }

    /** It is told of nothing that happens from then on. */
    public Closed close(Inquiry inquiry, UUID caseId) {
        byte[] own = own(inquiry, CLOSE);
        long head = head();
        Access access = access(inquiry, CLOSE, "case=" + caseId, "FOUND");
        log.write(List.of(access));
        if (!answered(() -> ledger.close(own, caseId, head))) {
            throw ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "There is no such case of this agency.");
        }
        return new Closed(caseId, access.id());
    }

    private static LocalDate lastDay(Instant until) {
        return until.atZone(BELGIUM).toLocalDate().minusDays(1);
    }

    private byte[] own(Inquiry inquiry, String operation) {
        boolean another = inquiry.xRoad()
                .filter(said -> !clients.agree(said, inquiry.caller()))
                .isPresent();
        if (inquiry.caller().role() != Role.AGENCY || another) {
            log.write(List.of(access(inquiry, operation, null, ProblemCode.NOT_ALLOWED.name())));
            throw ProblemException.of(ProblemCode.NOT_ALLOWED, "Only agencies have cases, each its own.");
        }
        try (NoticeSeal.Session session = seal.open()) {
            return session.cases(inquiry.caller().id());
        }
    }

    private long head() {
        try {
            return store.head().position();
        } catch (LogUnavailableException down) {
            throw ProblemException.later(ProblemCode.STORE_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
        }
    }

    private static <T> T answered(Supplier<T> question) {
        try {
            return question.get();
        } catch (LedgerUnavailableException e) {
            throw unavailable();
        }
    }

    private static ProblemException unavailable() {
        return ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "Ask again later.", RETRY_AFTER);
    }

    private ProblemException refused(Entry entry, byte @Nullable [] subject, ProblemException refusal) {
        log.write(List.of(entry.access(askers.inRefusal(entry), subject, refusal.code(), List.of())));
        return refusal;
    }

    private Access access(Inquiry inquiry, String operation, @Nullable String question, String outcome) {
        return new Access(
                UUID.randomUUID(),
                null,
                callers.named(inquiry.caller()),
                inquiry.purpose().map(Purpose::code).orElse(null),
                inquiry.purpose().map(Purpose::caseReference).orElse(null),
                inquiry.purpose().map(Purpose::endUser).orElse(null),
                null,
                operation,
                question,
                outcome,
                null,
                List.of(),
                inquiry.traceId(),
                inquiry.xRoad().orElse(null));
    }
}
