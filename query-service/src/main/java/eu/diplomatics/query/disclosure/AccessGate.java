package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Key;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.query.accesslog.AccessLog;
import eu.diplomatics.query.accesslog.AccessRows;
import eu.diplomatics.query.accesslog.AccessRows.Logged;
import eu.diplomatics.query.accesslog.AccessRows.Place;
import eu.diplomatics.query.caller.Caller.Role;
import eu.diplomatics.query.disclosure.Accesses.Found;
import eu.diplomatics.query.disclosure.Accesses.Mine;
import eu.diplomatics.query.disclosure.Accesses.Row;
import eu.diplomatics.query.disclosure.Accesses.Sample;
import eu.diplomatics.query.disclosure.Accesses.Statistics;
import eu.diplomatics.query.disclosure.Accesses.Told;
import eu.diplomatics.query.disclosure.Trail.Steps;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The one way out for what the access log says. Reading it is an access as well: durable in it before there is an answer. */
@Component
public final class AccessGate {
    /** Answers that wait for their step hold a thread each. */
    private static final int AT_ONCE = 16;

    private static final int MOST_LOOKED_THROUGH = 100_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final String OWN = "OWN_ACCESS_LOG";
    private static final String SEARCH = "ACCESS_LOG";
    private static final String STATISTICS = "ACCESS_STATISTICS";
    private static final String SAMPLE = "ACCESS_SAMPLE";
    private static final int LOOKED_THROUGH_IN_A_SEARCH = 2_000;
    /** Then the hour that was begun is ended, and the rest is for another request. */
    private static final int COUNTED_AT_ONCE = 100_000;

    private final Callers callers;
    private final Numbers numbers;
    private final Trail trail;
    private final Catalogue catalogue;
    private final SampleMandate sample;
    private final AccessRows rows;
    private final AccessLog log;
    private final Alarms alarms;
    private final Pace pace;
    private final int least;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final Semaphore counting = new Semaphore(1);
    private final SecureRandom random = new SecureRandom();

    AccessGate(
            Callers callers,
            Numbers numbers,
            Trail trail,
            Catalogue catalogue,
            SampleMandate sample,
            AccessRows rows,
            AccessLog log,
            Alarms alarms,
            @Value("${diplomatics.accesslog.pace:100ms}") Duration step,
            @Value("${diplomatics.accesslog.statistics.least:5}") int least) {
        this.callers = callers;
        this.numbers = numbers;
        this.trail = trail;
        this.catalogue = catalogue;
        this.sample = sample;
        this.rows = rows;
        this.log = log;
        this.alarms = alarms;
        this.pace = new Pace(step);
        this.least = least;
        CountColumns.requireWithin(Statistics.class, "/statistics");
    }

    /**
     * Who looked at what is this citizen's, the newest first: what their mandates let them know (R28).
     *
     * @param limit shown at most; a page is full unless it is the last
     * @param cursor {@code next} of the page before, or null
     */
    public Mine mine(Inquiry inquiry, int limit, @Nullable String cursor) {
        if (inquiry.caller().role() != Role.CITIZEN) {
            throw refused(
                    inquiry,
                    OWN,
                    ProblemException.of(ProblemCode.NOT_ALLOWED, "Only citizens have a log of their own."));
        }
        Place place = Cursor.place(cursor, "parameter/cursor", Place.END);
        if (!turns.tryAcquire()) {
            throw ProblemException.later(ProblemCode.TOO_MANY_REQUESTS, "Ask again in a second.", RETRY_AFTER);
        }
        try (var _ = pace.hold()) {
            Steps steps = trail.of(numbers.of(inquiry.caller()), inquiry.traceId());
            Shown shown = new Shown(catalogue.versions(), sample.granted(), catalogue.today(), steps.all());
            Page page = page(steps, shown, place, limit);
            Access access = access(inquiry, "CITIZEN", steps.own(), OWN, null, "FOUND");
            log.write(List.of(access));
            return new Mine(page.told(), page.next(), access.id());
        } finally {
            turns.release();
        }
    }

    private record Page(List<Told> told, @Nullable String next) {}

    /** Each look is of the same size, and goes through all of it: a page that is full early takes no less time. */
    private Page page(Steps steps, Shown shown, Place from, int limit) {
        List<Told> told = new ArrayList<>();
        Place place = from;
        for (int looked = 0; looked < MOST_LOOKED_THROUGH; looked += AccessRows.MOST) {
            List<Logged> found = rows.about(steps.all(), Instant.MIN, place, AccessRows.MOST);
            for (Logged row : found) {
                requireSealed(row);
                shown.of(row).ifPresent(told::add);
            }
            if (told.size() > limit) {
                Told last = told.get(limit - 1);
                return new Page(List.copyOf(told.subList(0, limit)), Cursor.text(new Place(last.at(), last.id())));
            }
            if (found.size() < AccessRows.MOST) {
                return new Page(List.copyOf(told), null);
            }
            place = found.getLast().place();
        }
        throw Opener.unavailable();
    }

    /**
     * All rows about a person, or of a stretch of time, for controller and data-protection officer.
     *
     * @throws ProblemException for everybody else, and without a purpose
     */
    public Found search(Inquiry inquiry, Search search) {
        require(inquiry, SEARCH, Set.of(Role.CONTROLLER, Role.DPO));
        Place end = search.until() == null ? Place.END : Place.before(search.until());
        Place place = Cursor.place(search.cursor(), "/cursor", end);
        Steps steps = search.insz() == null ? null : trail.of(number(inquiry, search.insz()), inquiry.traceId());
        Sifted sifted = sift(search, steps, place.at().isAfter(end.at()) ? end : place);
        byte[] subject = steps == null ? null : steps.own();
        Access access = access(inquiry, callers.named(inquiry.caller()), subject, SEARCH, search.words(), "FOUND");
        log.write(List.of(access));
        return new Found(sifted.rows(), sifted.next(), access.id());
    }

    private record Sifted(List<Row> rows, @Nullable String next) {}

    private Sifted sift(Search search, @Nullable Steps steps, Place begin) {
        Instant from = search.from() == null ? Instant.MIN : search.from();
        Map<Key, List<Granted>> mandates = catalogue.versions();
        Shown shown = new Shown(mandates, sample.granted(), catalogue.today(), steps == null ? List.of() : steps.all());
        List<Row> fitting = new ArrayList<>();
        Place place = begin;
        for (int looked = 0; looked < LOOKED_THROUGH_IN_A_SEARCH; looked += AccessRows.MOST) {
            List<Logged> some = steps == null
                    ? rows.between(from, place, AccessRows.MOST)
                    : rows.about(steps.all(), from, place, AccessRows.MOST);
            for (Logged row : some) {
                if (fitting.size() == search.limit()) {
                    return new Sifted(fitting, Cursor.text(place));
                }
                place = row.place();
                if (row.access().isEmpty()) {
                    alarms.accessBroken(row.id());
                }
                if (row.access().map(search::fits).orElse(true)) {
                    fitting.add(Whole.of(row, mandates, shown));
                }
            }
            if (some.size() < AccessRows.MOST) {
                return new Sifted(fitting, null);
            }
        }
        return new Sifted(fitting, Cursor.text(place));
    }

    /**
     * How often agencies asked, for which purpose, in which hour (R19); about no person.
     *
     * @param from a whole hour
     * @param until a whole hour that is over
     */
    public Statistics statistics(Inquiry inquiry, Instant from, Instant until) {
        require(inquiry, STATISTICS, Set.of(Role.CONTROLLER, Role.DPO, Role.AUDITOR));
        if (!counting.tryAcquire()) {
            throw ProblemException.of(ProblemCode.OPERATION_UNDER_WAY, "Somebody counts just now.");
        }
        try {
            Frequency frequency = new Frequency(least);
            Instant next = count(frequency, from, until);
            String words = "from=" + from + " until=" + until;
            Access access = access(inquiry, callers.named(inquiry.caller()), null, STATISTICS, words, "FOUND");
            log.write(List.of(access));
            return new Statistics(frequency.cells(), least, frequency.suppressed(), next, access.id());
        } finally {
            counting.release();
        }
    }

    /** The end of what was not counted; null when all was. */
    private @Nullable Instant count(Frequency frequency, Instant from, Instant until) {
        Place place = Place.before(until);
        for (long counted = 0; ; ) {
            List<Logged> some = rows.between(from, place, AccessRows.MOST);
            for (Logged row : some) {
                if (counted >= COUNTED_AT_ONCE && row.at().isBefore(frequency.hour())) {
                    frequency.close();
                    return frequency.hour();
                }
                frequency.count(row);
                counted++;
            }
            if (some.size() < AccessRows.MOST) {
                frequency.close();
                return null;
            }
            place = some.getLast().place();
        }
    }

    /**
     * Questions of agencies that are drawn by chance, for whoever asks the agency for the cases that it stated then.
     *
     * @param search without a person; {@code limit} are drawn, from {@code until} back
     * @throws ProblemException for everybody but controller and data-protection officer, and without a purpose
     */
    public Sample sample(Inquiry inquiry, Search search) {
        require(inquiry, SAMPLE, Set.of(Role.CONTROLLER, Role.DPO));
        if (!counting.tryAcquire()) {
            throw ProblemException.of(ProblemCode.OPERATION_UNDER_WAY, "Somebody counts or draws just now.");
        }
        try {
            Draw<Logged> draw = new Draw<>(search.limit(), random::nextLong);
            Instant next = draw(search, draw);
            Map<Key, List<Granted>> mandates = catalogue.versions();
            Shown shown = new Shown(mandates, sample.granted(), catalogue.today(), List.of());
            List<Row> drawn = draw.drawn().stream()
                    .sorted(Comparator.comparing(Logged::at).reversed())
                    .map(row -> Whole.of(row, mandates, shown))
                    .toList();
            String words = search.words() + " drawn=" + drawn.size() + " of=" + draw.offered();
            Access access = access(inquiry, callers.named(inquiry.caller()), null, SAMPLE, words, "FOUND");
            log.write(List.of(access));
            return new Sample(drawn, draw.offered(), next, access.id());
        } finally {
            counting.release();
        }
    }

    /** The moment before which there are rows that were not looked at; null when all were. */
    private @Nullable Instant draw(Search search, Draw<Logged> draw) {
        Instant from = Objects.requireNonNull(search.from());
        Place place = Place.before(Objects.requireNonNull(search.until()));
        for (int looked = 0; looked < COUNTED_AT_ONCE; looked += AccessRows.MOST) {
            List<Logged> some = rows.between(from, place, AccessRows.MOST);
            for (Logged row : some) {
                if (row.access().isEmpty()) {
                    alarms.accessBroken(row.id());
                }
                if (row.access()
                        .map(access -> isAgencys(access) && search.fits(access))
                        .orElse(true)) {
                    draw.offer(row);
                }
            }
            if (some.size() < AccessRows.MOST) {
                return null;
            }
            place = some.getLast().place();
        }
        return place.at();
    }

    private static boolean isAgencys(Access access) {
        return access.caller().startsWith("AGENCY:");
    }

    private void require(Inquiry inquiry, String operation, Set<Role> roles) {
        if (!roles.contains(inquiry.caller().role())) {
            throw refused(inquiry, operation, ProblemException.of(ProblemCode.NOT_ALLOWED, "Nothing was disclosed."));
        }
        if (inquiry.purpose().isEmpty()) {
            throw refused(
                    inquiry, operation, ProblemException.of(ProblemCode.PURPOSE_REQUIRED, "Nothing was disclosed."));
        }
    }

    private Insz number(Inquiry inquiry, String text) {
        return switch (numbers.parse(text)) {
            case Checked.Valid<Insz>(Insz insz) -> insz;
            case Checked.Invalid<Insz> invalid -> {
                Rejection rejection = invalid.rejections().getFirst();
                ProblemCode code = ProblemCode.valueOf(rejection.code().name());
                throw refused(inquiry, SEARCH, ProblemException.at(code, "/insz", rejection.message() + "."));
            }
        };
    }

    private void requireSealed(Logged row) {
        if (row.access().isEmpty()) {
            alarms.accessBroken(row.id());
            throw Opener.unavailable();
        }
    }

    private ProblemException refused(Inquiry inquiry, String operation, ProblemException refusal) {
        log.write(List.of(access(inquiry, callers.named(inquiry.caller()), null, operation, null, refusal.code())));
        return refusal;
    }

    private static Access access(
            Inquiry inquiry,
            String who,
            byte @Nullable [] subject,
            String operation,
            @Nullable String question,
            String outcome) {
        return new Access(
                UUID.randomUUID(),
                subject,
                who,
                inquiry.purpose().map(purpose -> purpose.code()).orElse(null),
                inquiry.purpose().map(purpose -> purpose.caseReference()).orElse(null),
                inquiry.purpose().map(purpose -> purpose.endUser()).orElse(null),
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
