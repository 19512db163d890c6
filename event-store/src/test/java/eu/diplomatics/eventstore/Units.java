package eu.diplomatics.eventstore;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Units of events with random content in place of ciphertext: the log never looks into it. */
public final class Units {
    public static final String TYPE = "QualificationRegistered";

    private Units() {}

    public static SealedEvent event(UUID stream, long version, Tag... tags) {
        return event(stream, version, TYPE, false, tags);
    }

    public static SealedEvent ifAbsent(UUID stream, long version, Tag... tags) {
        return event(stream, version, "HolderIdentified", true, tags);
    }

    public static SealedEvent event(UUID stream, long version, String type, boolean ifAbsent, Tag... tags) {
        return new SealedEvent(
                new EventContext(stream, version, type, 1),
                UUID.randomUUID(),
                random(32),
                1,
                random(600),
                List.of(tags),
                ifAbsent);
    }

    public static byte[] random(int size) {
        byte[] bytes = new byte[size];
        ThreadLocalRandom.current().nextBytes(bytes);
        return bytes;
    }

    public static Tag tag(String value) {
        try {
            return new Tag(MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static AppendUnit unit(SealedEvent... events) {
        return new AppendUnit(UUID.randomUUID(), List.of(events), List.of());
    }

    /** The first event of a new stream, with the claim that nobody has the tag. */
    public static AppendUnit claiming(Tag tag) {
        return new AppendUnit(
                UUID.randomUUID(), List.of(event(UUID.randomUUID(), 1, tag)), List.of(Condition.unclaimed(tag)));
    }

    public static AppendUnit under(Condition condition, SealedEvent... events) {
        return new AppendUnit(UUID.randomUUID(), List.of(events), List.of(condition));
    }

    public static Condition nothingAfter(long position, List<Tag> tags, String... types) {
        return new Condition(position, tags, Set.of(types));
    }

    public static AppendOutcome outcome(CompletableFuture<AppendOutcome> future) {
        return future.orTimeout(60, TimeUnit.SECONDS).join();
    }

    public static List<AppendOutcome> append(EventLog log, AppendUnit... units) {
        return append(log, List.of(units));
    }

    public static List<AppendOutcome> append(EventLog log, List<AppendUnit> units) {
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (CompletableFuture<AppendOutcome> future : log.append(units)) {
            outcomes.add(outcome(future));
        }
        return outcomes;
    }

    /** The places of a unit that was appended just now. */
    public static List<EventPlace> places(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended(List<EventPlace> places)) {
            return places;
        }
        throw new AssertionError("not appended but " + outcome);
    }
}
