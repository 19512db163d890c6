package eu.diplomatics.backup.export;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.backup.export.ExportProgress.Done;
import eu.diplomatics.backup.export.ExportSource.Place;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.BagSignature;
import eu.diplomatics.backup.portable.EventLine;
import eu.diplomatics.backup.portable.EventSchemas;
import eu.diplomatics.backup.portable.ExportOrder;
import eu.diplomatics.backup.portable.ExportedFields;
import eu.diplomatics.backup.portable.PlaintextManifest;
import eu.diplomatics.backup.portable.PlaintextManifest.Head;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.sensitivity.Sensitivity;
import eu.diplomatics.transparency.TreeHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * Makes a bag of the log, decrypted from the application's own encryption and encrypted to one recipient. Range by range,
 * a few at once; what a kill leaves is gone on from.
 */
public final class Export {
    private final Access access;
    private final Settings settings;
    private final InstantSource clock;
    private final Steps steps;

    public Export(Access access, Settings settings, InstantSource clock, Steps steps) {
        this.access = access;
        this.settings = settings;
        this.clock = clock;
        this.steps = steps;
    }

    /** What two operators approved comes to an end with the bag. */
    public interface Lease {
        /** @throws PortableException when they did not, or for another run */
        void begin(ExportOrder order, UUID run) throws PortableException;

        void end(ExportOrder order, UUID run);
    }

    /** Opened only once the lease has begun: without it no key is unwrapped. */
    @FunctionalInterface
    public interface Opening {
        Session open() throws SQLException;
    }

    /**
     * @param source reads the log
     * @param seal seals rows of the access log
     * @param closing lets go of the keys
     */
    public record Session(ExportSource source, AccessSeal seal, AutoCloseable closing) {}

    /**
     * @param store zone A, as {@code es_exporter}
     * @param accessLog as {@code al_exporter}
     */
    public record Access(Lease lease, Opening opening, DataSource store, DataSource accessLog) {}

    /**
     * @param range events in a file
     * @param threads files at once
     * @param signingKey PEM of the key that signs bags
     * @param publicKey its public half, X.509 encoding
     * @param receiptKeys JSON to be taken along as it is: the public keys of receipts
     * @param logKeys the same of checkpoints
     */
    public record Settings(
            long range, int threads, Path signingKey, byte[] publicKey, byte[] receiptKeys, byte[] logKeys) {}

    /** Where a kill is tried. */
    public enum Step {
        BEGUN,
        DISCLOSED,
        RANGE_WRITTEN,
        RANGE_NAMED,
        RANGE_KEPT,
        FACTS_WRITTEN,
        SIGNED,
        ENDED
    }

    /** Told when a step is done, and how many events are. */
    public interface Steps {
        default void reached(Step step) {}

        default void events(long done, long of) {}
    }

    /** @param lost events that could not be opened and should have been */
    public record Result(
            Path folder,
            String order,
            Sensitivity sensitivity,
            long from,
            long until,
            long events,
            long shredded,
            long lost,
            long persons) {}

    /**
     * @param folder with {@code order.json}
     * @throws PortableException when a field is above its class, it is not approved, or the log is not as it has to be
     */
    public Result run(Path folder) throws IOException, SQLException, PortableException, InterruptedException {
        ExportOrder order = ExportOrder.parse(Files.readString(folder.resolve("order.json")));
        Age.requireRecipient(order.recipient());
        ExportProgress progress = ExportProgress.of(folder, order.hash());
        if (progress.isSealed()) {
            return ended(folder, order, progress);
        }
        ExportedFields.requireWithin(order.highest());
        if (!clock.instant().isBefore(order.validUntil())) {
            throw new PortableException(Code.NOT_APPROVED, "the order ended at " + order.validUntil());
        }
        progress.save();
        access.lease().begin(order, progress.run());
        steps.reached(Step.BEGUN);
        Session session = access.opening().open();
        try {
            long head = session.source().head();
            long until = progress.until(order.until() == 0 ? head : order.until());
            if (until > head || until <= order.since()) {
                throw new PortableException(Code.OTHER_ORDER, "the log has " + head + " events: nothing of this range");
            }
            ranges(folder, order, until, progress, session);
            whole(folder, order, until, progress, session);
        } finally {
            close(session.closing());
        }
        progress.sealed();
        steps.reached(Step.SIGNED);
        return ended(folder, order, progress);
    }

    private Result ended(Path folder, ExportOrder order, ExportProgress progress) throws IOException {
        access.lease().end(order, progress.run());
        steps.reached(Step.ENDED);
        Map<String, Done> files = progress.files();
        progress.delete();
        Map<String, Long> content =
                sum(files.values().stream().map(Done::content).toList());
        return new Result(
                folder,
                order.hash(),
                order.highest(),
                order.since(),
                files.values().stream().mapToLong(Done::last).max().orElse(0),
                content.values().stream().mapToLong(Long::longValue).sum(),
                content.getOrDefault(EventLine.Content.SHREDDED.text(), 0L),
                content.getOrDefault(EventLine.Content.LOST.text(), 0L),
                files.values().stream().mapToLong(Done::persons).sum());
    }

    private static void close(AutoCloseable closing) {
        try {
            closing.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void ranges(Path folder, ExportOrder order, long until, ExportProgress progress, Session session)
            throws IOException, SQLException, PortableException, InterruptedException {
        Disclosures disclosures = new Disclosures(access.accessLog(), session.seal(), order, progress.run());
        AtomicLong done = new AtomicLong();
        ExecutorService workers = Executors.newFixedThreadPool(
                settings.threads(),
                Thread.ofPlatform().daemon().name("export-", 1).factory());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (long first = order.since() + 1; first <= until; first += settings.range()) {
                long from = first;
                long to = Math.min(until, first + settings.range() - 1);
                running.add(workers.submit(() -> {
                    one(folder, order, from, to, progress, session.source(), disclosures);
                    steps.events(done.addAndGet(to - from + 1), until - order.since());
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case SQLException failure -> throw failure;
                case PortableException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private void one(
            Path folder,
            ExportOrder order,
            long first,
            long last,
            ExportProgress progress,
            ExportSource source,
            Disclosures disclosures)
            throws IOException, SQLException, PortableException {
        String name = String.format(Locale.ROOT, "data/events/%012d-%012d.jsonl.zst.age", first, last);
        if (progress.kept(name).isPresent()) {
            return;
        }
        if (!clock.instant().isBefore(order.validUntil())) {
            throw new PortableException(Code.NOT_APPROVED, "the order ended at " + order.validUntil());
        }
        Map<UUID, List<Place>> holders = source.holders(first, last);
        disclosures.write(holders);
        steps.reached(Step.DISCLOSED);
        Map<String, Long> types = new TreeMap<>();
        Map<String, Long> content = new TreeMap<>();
        long persons = holders.size();
        try (SealedFile file = new SealedFile(folder.resolve(name), order.recipient(), true)) {
            for (long at = first - 1; at < last; ) {
                ExportSource.Page page = source.page(at, last);
                Map<UUID, List<Place>> named = page.subjects();
                named.keySet().removeAll(holders.keySet());
                disclosures.write(named);
                persons += named.size();
                for (EventLine line : page.lines()) {
                    byte[] bytes = line.bytes();
                    file.out().write(bytes);
                    Arrays.fill(bytes, (byte) 0);
                    line.forget();
                    types.merge(line.context().type(), 1L, Long::sum);
                    content.merge(line.content().text(), 1L, Long::sum);
                }
                at = page.lines().getLast().position();
            }
            SealedFile.Hashes hashes = file.finish();
            steps.reached(Step.RANGE_WRITTEN);
            file.keep();
            steps.reached(Step.RANGE_NAMED);
            progress.add(new Done(name, hashes.outside(), hashes.inside(), first, last, types, content, persons));
            steps.reached(Step.RANGE_KEPT);
        }
    }

    /** Everything beside the events, and the signature. */
    private void whole(Path folder, ExportOrder order, long until, ExportProgress progress, Session session)
            throws IOException, SQLException, PortableException {
        Map<String, Done> files = progress.files();
        TreeHead[] heads = session.source().heads(order.since(), until);
        SortedMap<String, String> payload = new TreeMap<>();
        files.forEach((name, done) -> payload.put(name, done.sha256()));
        String checkpoints = "data/checkpoints.jsonl.zst.age";
        try (SealedFile file = new SealedFile(folder.resolve(checkpoints), order.recipient(), true)) {
            LogFacts.checkpoints(access.store(), order.since(), until, file.out());
            payload.put(checkpoints, file.finish().outside());
            file.keep();
        }
        PlaintextManifest manifest = new PlaintextManifest(
                PlaintextManifest.TYPE,
                order.hash(),
                new PlaintextManifest.Span(head(heads[0]), head(heads[1])),
                until - order.since(),
                sum(files.values().stream().map(Done::types).toList()),
                sum(files.values().stream().map(Done::content).toList()),
                files.values().stream()
                        .map(done ->
                                new PlaintextManifest.File(done.name(), done.plaintext(), done.first(), done.last()))
                        .toList());
        payload.put(PlaintextManifest.NAME, sealed(folder, PlaintextManifest.NAME, order, manifest.bytes()));
        payload.put(
                "data/receipt-keys.json.age",
                sealed(folder, "data/receipt-keys.json.age", order, settings.receiptKeys()));
        payload.put("data/log-keys.json.age", sealed(folder, "data/log-keys.json.age", order, settings.logKeys()));
        steps.reached(Step.FACTS_WRITTEN);
        List<String> tags = new ArrayList<>(List.of("order.json", "readme.txt", "signer.pem", "schema/load.sql"));
        Bag.write(folder, "readme.txt", resource("readme.txt"));
        Bag.write(folder, "schema/load.sql", resource("load.sql"));
        Bag.write(folder, "signer.pem", BagSignature.pem(settings.publicKey()).getBytes(StandardCharsets.US_ASCII));
        for (Map.Entry<String, byte[]> schema : EventSchemas.files().entrySet()) {
            Bag.write(folder, schema.getKey(), schema.getValue());
            tags.add(schema.getKey());
        }
        refuseStrangers(folder, payload, tags);
        Bag.finish(folder, payload, tags, info(folder, order, payload), settings.signingKey());
    }

    /** Halves of files that a kill left go; anything else is somebody's, and stays out of a bag that is signed. */
    private static void refuseStrangers(Path folder, SortedMap<String, String> payload, List<String> tags)
            throws IOException, PortableException {
        try (var walked = Files.walk(folder.resolve("data"))) {
            for (Path each : walked.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(each).toString();
                if (name.endsWith(".part")) {
                    Files.delete(each);
                } else if (!payload.containsKey(name) && !tags.contains(name)) {
                    throw new PortableException(Code.OTHER_ORDER, "data/ holds a file that this export did not write");
                }
            }
        }
    }

    private Map<String, String> info(Path folder, ExportOrder order, SortedMap<String, String> payload)
            throws IOException {
        long bytes = 0;
        for (String name : payload.keySet()) {
            bytes += Files.size(folder.resolve(name));
        }
        Map<String, String> info = new LinkedHashMap<>();
        info.put("Bag-Software-Agent", "diplomatics backup-tool 0.1.0");
        info.put(
                "Bagging-Date",
                LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString());
        info.put("External-Identifier", order.id());
        info.put("Sensitivity", order.highest().name());
        info.put("Payload-Oxum", bytes + "." + payload.size());
        return info;
    }

    private static String sealed(Path folder, String name, ExportOrder order, byte[] content) throws IOException {
        try (SealedFile file = new SealedFile(folder.resolve(name), order.recipient(), false)) {
            file.out().write(content);
            String hash = file.finish().outside();
            file.keep();
            return hash;
        }
    }

    private static Head head(TreeHead head) {
        return new Head(head.size(), head.root().toString());
    }

    private static Map<String, Long> sum(List<Map<String, Long>> counts) {
        Map<String, Long> sum = new TreeMap<>();
        counts.forEach(each -> each.forEach((name, count) -> sum.merge(name, count, Long::sum)));
        return sum;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Export.class.getResourceAsStream("/export/" + name))) {
            return in.readAllBytes();
        }
    }
}
