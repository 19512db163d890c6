package eu.diplomatics.query.disclosure;

import eu.diplomatics.accesslog.Notice;
import eu.diplomatics.accesslog.Notice.Kind;
import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader.Occurrence;
import eu.diplomatics.qualification.DomainEvent.DisputeSettled;
import eu.diplomatics.qualification.DomainEvent.QualificationDisputed;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.Holder.Link;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.query.accesslog.CaseLedger;
import eu.diplomatics.query.accesslog.CaseLedger.Followed;
import eu.diplomatics.query.accesslog.CaseLedger.News;
import eu.diplomatics.query.accesslog.CaseLedger.Scope;
import eu.diplomatics.query.accesslog.NumberSubjects;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One stretch of the log, gone through for cases. Whose records are a person's is as a consultation has it: those of the holder
 * of the number and of all holders linked with it, without what was moved away and with what was moved to them. Not thread-safe.
 */
final class CaseStep {
    private static final String MOVED = "QualificationMoved";
    private static final String IDENTIFIED = "HolderIdentified";
    private static final String LINKED = "HolderLinked";
    private static final String LINK_UNDONE = "HolderLinkUndone";

    private static final Map<String, Kind> KINDS = Map.of(
            "QualificationRegistered",
            Kind.REGISTERED,
            "QualificationCorrected",
            Kind.CORRECTED,
            "QualificationAnnulled",
            Kind.ANNULLED,
            "QualificationReinstated",
            Kind.REINSTATED,
            MOVED,
            Kind.MOVED,
            QualificationDisputed.TYPE,
            Kind.DISPUTED,
            DisputeSettled.TYPE,
            Kind.SETTLED);

    /** Events that matter here. */
    static final Set<String> TYPES = types();

    /** People whose identities are opened at once. */
    private static final int AT_ONCE = 500;

    private final NoticeSeal.Session session;
    private final CaseLedger ledger;
    private final LogOpener opener;
    private final NumberSubjects subjects;
    private final Alarms alarms;
    private final Map<UUID, Following> cases = new LinkedHashMap<>();
    private final Map<String, Set<Following>> byStream = new HashMap<>();
    private final List<News> news = new ArrayList<>();

    CaseStep(NoticeSeal.Session session, CaseLedger ledger, LogOpener opener, NumberSubjects subjects, Alarms alarms) {
        this.session = session;
        this.ledger = ledger;
        this.opener = opener;
        this.subjects = subjects;
        this.alarms = alarms;
    }

    private static Set<String> types() {
        Set<String> types = new HashSet<>(KINDS.keySet());
        types.addAll(Set.of(IDENTIFIED, LINKED, LINK_UNDONE));
        return Set.copyOf(types);
    }

    /** A case, and the pseudonyms of the streams that it follows, in hexadecimal. */
    private final class Following {
        private final Followed row;
        private final byte[] root;
        private final Set<String> streams = new LinkedHashSet<>();
        private boolean changed;

        Following(Followed row, byte[] root) {
            this.row = row;
            this.root = root;
        }

        void add(String stream) {
            if (streams.add(stream)) {
                byStream.computeIfAbsent(stream, any -> new LinkedHashSet<>()).add(this);
                changed = true;
            }
        }

        void remove(String stream) {
            if (streams.remove(stream)) {
                byStream.getOrDefault(stream, Set.of()).remove(this);
                changed = true;
            }
        }

        void tell(Kind kind, UUID reference, long version, EventPlace place, String what) {
            Long upTo = row.upTo();
            boolean open = place.position() > row.after()
                    && (upTo == null || place.position() <= upTo)
                    && place.recordedAt().isBefore(row.until());
            if (open) {
                byte[] event = session.news(row.id(), what, reference);
                Notice notice = new Notice(kind, reference, version, place.position(), place.recordedAt(), row.id());
                news.add(new News(row.id(), event, session.seal(row.key(), event, notice)));
            }
        }
    }

    List<News> news() {
        return news;
    }

    /** Of the cases whose streams are others than before. */
    List<Scope> scopes() {
        return cases.values().stream()
                .filter(followed -> followed.changed)
                .map(followed -> new Scope(
                        followed.row.id(),
                        followed.root,
                        followed.streams.stream().map(HexFormat.of()::parseHex).toList()))
                .toList();
    }

    /** Cases of which it is not known yet whose streams they follow, as far as the identity is there that says so. */
    void begin(List<Followed> toFollow) {
        Map<UUID, List<Followed>> byHolder = new LinkedHashMap<>();
        for (Followed row : toFollow) {
            Optional<UUID> root =
                    Optional.ofNullable(row.sealedRoot()).flatMap(value -> session.openRoot(row.key(), value));
            if (root.isPresent()) {
                byHolder.computeIfAbsent(root.get(), any -> new ArrayList<>()).add(row);
            } else {
                alarms.noticeBroken();
            }
        }
        if (byHolder.isEmpty()) {
            return;
        }
        Opened opened = opener.holders(byHolder.keySet());
        Map<UUID, Holder> known = new LinkedHashMap<>(opened.holders());
        known.keySet().retainAll(byHolder.keySet());
        Map<UUID, Set<String>> persons = persons(known);
        known.keySet().forEach(holder -> {
            for (Followed row : Objects.requireNonNull(byHolder.get(holder))) {
                // the index is not authentic by itself: only the sealed identity says who this is
                if (persons.getOrDefault(holder, Set.of()).contains(hex(row.person()))) {
                    follow(row, holder, opened);
                } else {
                    alarms.indexMismatch("case");
                }
            }
        });
    }

    /** Whoever is new here, and about whom a case waits. */
    void arrived(List<Occurrence> occurrences) {
        List<UUID> identified = occurrences.stream()
                .filter(occurrence -> occurrence.type().equals(IDENTIFIED))
                .map(Occurrence::holder)
                .distinct()
                .toList();
        for (int i = 0; i < identified.size(); i += AT_ONCE) {
            List<UUID> some = identified.subList(i, Math.min(i + AT_ONCE, identified.size()));
            Map<UUID, Set<String>> persons = persons(opener.identities(some));
            List<byte[]> sought = persons.values().stream()
                    .flatMap(Set::stream)
                    .map(HexFormat.of()::parseHex)
                    .toList();
            List<Followed> waiting = sought.isEmpty() ? List.of() : ledger.waiting(sought);
            Map<UUID, List<Followed>> found = new LinkedHashMap<>();
            persons.forEach((holder, names) -> waiting.stream()
                    .filter(row -> names.contains(hex(row.person())))
                    .forEach(row -> found.computeIfAbsent(holder, any -> new ArrayList<>())
                            .add(row)));
            if (!found.isEmpty()) {
                Opened opened = opener.holders(found.keySet());
                found.forEach((holder, rows) -> rows.forEach(row -> follow(row, holder, opened)));
            }
        }
    }

    /** By which pseudonyms cases have these people; who has no number is absent. */
    private Map<UUID, Set<String>> persons(Map<UUID, Holder> holders) {
        Map<UUID, Insz> numbers = new LinkedHashMap<>();
        holders.forEach((id, holder) -> holder.number().ifPresent(number -> numbers.put(id, number)));
        Map<Insz, List<byte[]>> known =
                numbers.isEmpty() ? Map.of() : subjects.subjects(new HashSet<>(numbers.values()));
        Map<UUID, Set<String>> persons = new LinkedHashMap<>();
        numbers.forEach((id, number) -> persons.put(
                id,
                known.getOrDefault(number, List.of()).stream()
                        .map(subject -> hex(session.person(subject)))
                        .collect(Collectors.toSet())));
        return persons;
    }

    private void follow(Followed row, UUID holder, Opened opened) {
        Following following = new Following(row, session.stream(holder));
        following.add(stream(holder));
        Person.around(holder, opened.holders()).holders().values().forEach(each -> addAll(following, each));
        cases.put(row.id(), following);
    }

    private void addAll(Following following, Holder holder) {
        following.add(stream(holder.id()));
        holder.received().forEach(reference -> following.add(stream(reference)));
    }

    void goThrough(List<Occurrence> occurrences) {
        Set<UUID> moved = occurrences.stream()
                .filter(occurrence -> occurrence.type().equals(MOVED))
                .map(occurrence -> occurrence.place().stream())
                .collect(Collectors.toSet());
        Map<UUID, NavigableMap<Long, UUID>> owners = new HashMap<>(opener.owners(moved));
        match(occurrences, owners);
        owners.putAll(opener.owners(occurrences.stream()
                .filter(occurrence -> KINDS.containsKey(occurrence.type()))
                .filter(occurrence -> isFollowed(occurrence.holder()) || isFollowed(occurrence.place().stream()))
                .map(occurrence -> occurrence.place().stream())
                .filter(reference -> !moved.contains(reference))
                .collect(Collectors.toSet())));
        for (Occurrence occurrence : occurrences) {
            Kind kind = KINDS.get(occurrence.type());
            if (kind != null) {
                tellOf(kind, occurrence, owners.get(occurrence.place().stream()));
            } else if (!occurrence.type().equals(IDENTIFIED)) {
                link(occurrence);
            }
        }
    }

    private void match(List<Occurrence> occurrences, Map<UUID, NavigableMap<Long, UUID>> owners) {
        Set<UUID> streams = new HashSet<>();
        occurrences.forEach(occurrence -> {
            streams.add(occurrence.holder());
            streams.add(occurrence.place().stream());
        });
        owners.values().forEach(whose -> streams.addAll(whose.values()));
        if (streams.isEmpty()) {
            return;
        }
        for (Followed row : ledger.with(streams.stream().map(session::stream).toList())) {
            byte[] root = row.root();
            if (root != null && !cases.containsKey(row.id())) {
                Following following = new Following(row, root);
                row.streams().forEach(stream -> following.add(hex(stream)));
                following.changed = false;
                cases.put(row.id(), following);
            }
        }
    }

    private boolean isFollowed(UUID stream) {
        return !byStream.getOrDefault(stream(stream), Set.of()).isEmpty();
    }

    private List<Following> following(UUID stream) {
        return List.copyOf(byStream.getOrDefault(stream(stream), Set.of()));
    }

    /** @param owners whose it was from which version on; null for one that was never moved */
    private void tellOf(Kind kind, Occurrence occurrence, @Nullable NavigableMap<Long, UUID> owners) {
        EventPlace place = occurrence.place();
        Set<Following> told = new LinkedHashSet<>();
        if (owners == null) {
            told.addAll(following(occurrence.holder()));
        } else if (!owners.isEmpty()) {
            UUID now = whose(owners, place.version());
            if (kind == Kind.MOVED) {
                told.addAll(following(whose(owners, place.version() - 1)));
            }
            List<Following> theirs = following(now);
            told.addAll(theirs);
            theirs.forEach(following -> following.add(stream(place.stream())));
        }
        told.forEach(following -> following.tell(kind, place.stream(), place.version(), place, hex(place.leaf())));
    }

    private static UUID whose(NavigableMap<Long, UUID> owners, long version) {
        return Objects.requireNonNull(owners.floorEntry(version)).getValue();
    }

    /** Who is one person is as the store has it now; a link that was undone since is as one that never was. */
    private void link(Occurrence occurrence) {
        UUID end = occurrence.place().stream();
        List<Following> concerned = following(end);
        if (concerned.isEmpty()) {
            return;
        }
        Opened opened = opener.holders(List.of(end));
        Holder holder = opened.holders().get(end);
        if (holder == null) {
            return;
        }
        Person person = Person.around(end, opened.holders());
        for (Following following : concerned) {
            UUID root = person.holders().keySet().stream()
                    .filter(id -> stream(id).equals(hex(following.root)))
                    .findFirst()
                    .orElse(null);
            if (root == null) {
                part(following, person, opened, occurrence);
            } else if (occurrence.type().equals(LINKED)) {
                holder.links().values().stream()
                        .filter(link -> link.since().equals(occurrence.place().recordedAt()))
                        .forEach(link -> join(following, root, person, opened, link, occurrence));
            }
        }
    }

    /** Whoever is behind this link, seen from the holder of the number, is this person too. */
    private void join(Following following, UUID root, Person person, Opened opened, Link link, Occurrence occurrence) {
        Set<UUID> near = without(link, root, person);
        person.holders().values().stream()
                .filter(other -> !near.contains(other.id()))
                .forEach(other -> {
                    addAll(following, other);
                    tellOfAll(
                            Kind.LINKED,
                            following,
                            other,
                            opened,
                            occurrence,
                            link.id().toString());
                });
    }

    private void part(Following following, Person person, Opened opened, Occurrence occurrence) {
        person.holders().values().stream()
                .filter(other -> following.streams.contains(stream(other.id())))
                .forEach(other -> {
                    tellOfAll(
                            Kind.PARTED,
                            following,
                            other,
                            opened,
                            occurrence,
                            hex(occurrence.place().leaf()));
                    following.remove(stream(other.id()));
                    other.received().forEach(reference -> following.remove(stream(reference)));
                });
    }

    private static void tellOfAll(
            Kind kind, Following following, Holder other, Opened opened, Occurrence occurrence, String what) {
        opened.qualificationsOf(other.id())
                .forEach((reference, events) -> following.tell(
                        kind, reference, events.getLast().stored().context().version(), occurrence.place(), what));
    }

    private static Set<UUID> without(Link link, UUID root, Person person) {
        Set<UUID> near = new HashSet<>(Set.of(root));
        Deque<UUID> open = new ArrayDeque<>(near);
        while (!open.isEmpty()) {
            UUID id = open.remove();
            Holder holder = Objects.requireNonNull(person.holders().get(id));
            holder.links().values().stream()
                    .filter(each -> !each.id().equals(link.id()))
                    .map(each -> each.other(id))
                    .filter(person.holders()::containsKey)
                    .filter(near::add)
                    .forEach(open::add);
        }
        return near;
    }

    private String stream(UUID stream) {
        return hex(session.stream(stream));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
