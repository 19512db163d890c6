package eu.diplomatics.backup.importing;

import com.github.luben.zstd.ZstdInputStream;
import eu.diplomatics.backup.importing.ImportTarget.Incoming;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.EventLine;
import eu.diplomatics.backup.portable.LineReader;
import eu.diplomatics.backup.portable.PlaintextManifest;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.backup.portable.Sha256;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.transparency.TreeHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Takes a whole export over into a registry that is empty, under keys and a custodian of its own, and then those since a
 * position, each from where the one before ended: the same references, positions and leaves, so that receipts given before
 * go on to hold. What a kill leaves is gone on from.
 */
public final class Import {
    /** Events in a transaction. */
    public static final int BATCH = 500;

    private static final Duration LEASE = Duration.ofMinutes(15);

    private final Target target;
    private final InstantSource clock;
    private final int batchSize;
    private final Progress progress;

    /** @param batchSize {@link #BATCH} */
    public Import(Target target, InstantSource clock, int batchSize, Progress progress) {
        this.target = target;
        this.clock = clock;
        this.batchSize = batchSize;
        this.progress = progress;
    }

    /**
     * @param store zone A, as {@code es_importer}
     * @param keyring zone B, as {@code kr_registry}
     * @param rekeyer zone B, as {@code kr_rekeyer}
     * @param custodian as the registry
     */
    public record Target(DataSource store, DataSource keyring, DataSource rekeyer, Custodian custodian) {}

    /** Told after each transaction. */
    @FunctionalInterface
    public interface Progress {
        void events(long done, long of);
    }

    /**
     * @param events that the bag has
     * @param resumedAt the position from which it went on
     */
    public record Result(long events, String root, long resumedAt, long shredded, long lost) {}

    /**
     * @param folder the bag
     * @param believed public keys of who may have signed it, X.509 encoding
     * @param identity of the recipient, {@code AGE-SECRET-KEY-1…}
     */
    public Result run(Path folder, List<byte[]> believed, String identity)
            throws IOException, SQLException, PortableException {
        Bag bag = Bag.verified(folder, believed);
        PlaintextManifest manifest = manifest(bag, identity);
        TreeHead from = ImportTarget.head(
                manifest.log().from().size(), manifest.log().from().root());
        TreeHead whole = range(bag, manifest);
        byte[] receiptKeys;
        try (InputStream in = Age.decrypting(Files.newInputStream(bag.file("data/receipt-keys.json.age")), identity)) {
            receiptKeys = in.readAllBytes();
        }
        ImportTarget log = new ImportTarget(target.store(), Sha256.of(folder.resolve(Bag.TAGS)));
        KekLease lease = KekLease.start(target.keyring(), target.custodian(), LEASE);
        try (lease;
                ImportedKeys keys = new ImportedKeys(
                        target.keyring(), target.rekeyer(), new Keyring(target.keyring(), lease), target.custodian())) {
            if (from.size() == 0 && !log.isBegun()) {
                keys.requireEmpty();
            }
            long reached = from.size() == 0 ? log.begin(whole) : log.goOn(from, whole);
            int generation = log.generation();
            for (PlaintextManifest.File file : manifest.files()) {
                one(bag, file, identity, log, keys, generation, reached, whole.size());
            }
            TreeHead there = log.head();
            if (!there.equals(whole)) {
                throw new PortableException(
                        Code.DIFFERS, "the root here is " + there.root() + ", that of the bag " + whole.root());
            }
            if (!log.counts(from.size()).equals(manifest.types())) {
                throw new PortableException(Code.DIFFERS, "the counts by type are not those of the bag");
            }
            log.end(keys.incarnation(), receiptKeys);
            return new Result(
                    manifest.events(),
                    whole.root().toString(),
                    reached,
                    manifest.content().getOrDefault(EventLine.Content.SHREDDED.text(), 0L),
                    manifest.content().getOrDefault(EventLine.Content.LOST.text(), 0L));
        }
    }

    private static PlaintextManifest manifest(Bag bag, String identity) throws IOException, PortableException {
        try (InputStream in = Age.decrypting(Files.newInputStream(bag.file(PlaintextManifest.NAME)), identity)) {
            return PlaintextManifest.parse(in.readAllBytes());
        }
    }

    /** The log that there is with it, in files that follow each other. */
    private static TreeHead range(Bag bag, PlaintextManifest manifest) throws PortableException {
        long next = manifest.log().from().size() + 1;
        for (PlaintextManifest.File file : manifest.files()) {
            if (file.first() != next
                    || file.last() < file.first()
                    || !bag.payload().containsKey(file.name())) {
                throw new PortableException(Code.BAG_BROKEN, "the files of events do not follow each other");
            }
            next = file.last() + 1;
        }
        if (next != manifest.log().to().size() + 1
                || next != manifest.log().from().size() + manifest.events() + 1) {
            throw new PortableException(Code.BAG_BROKEN, "the files of events do not make the log");
        }
        return ImportTarget.head(manifest.log().to().size(), manifest.log().to().root());
    }

    /** Also what is there already is read: its hash has to be the manifest's. */
    private void one(
            Bag bag,
            PlaintextManifest.File file,
            String identity,
            ImportTarget log,
            ImportedKeys keys,
            int generation,
            long reached,
            long size)
            throws IOException, SQLException, PortableException {
        try (LineReader lines = new LineReader(
                new ZstdInputStream(Age.decrypting(Files.newInputStream(bag.file(file.name())), identity)))) {
            List<EventLine> batch = new ArrayList<>(batchSize);
            long expected = file.first();
            for (byte[] bytes = lines.next(); bytes.length > 0; bytes = lines.next()) {
                EventLine line = EventLine.parse(bytes);
                if (line.position() != expected++) {
                    throw new PortableException(Code.BAG_BROKEN, "a gap at position " + (expected - 1));
                }
                keys.note(line);
                if (line.position() > reached) {
                    batch.add(line);
                }
                if (batch.size() == batchSize) {
                    take(log, keys, generation, batch, size);
                }
            }
            take(log, keys, generation, batch, size);
            if (expected != file.last() + 1 || !lines.sha256().equals(file.sha256())) {
                throw new PortableException(Code.DIFFERS, "a file of events is not the one that the manifest names");
            }
        }
    }

    private void take(ImportTarget log, ImportedKeys keys, int generation, List<EventLine> batch, long size)
            throws SQLException, PortableException {
        if (batch.isEmpty()) {
            return;
        }
        List<Incoming> sealed = keys.seal(batch, generation, clock.instant());
        log.take(batch.getFirst().position() - 1, generation, sealed);
        progress.events(batch.getLast().position(), size);
        batch.clear();
    }
}
