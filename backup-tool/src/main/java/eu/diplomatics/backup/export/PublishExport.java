package eu.diplomatics.backup.export;

import eu.diplomatics.backup.export.ExportRegister.Entry;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.place.Place.PlacedObject;
import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.ExportOrder;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.backup.portable.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Brings a bag to the second provider, reads it back there, and removes what it takes the place of: an export ages, since
 * it holds in it what was erased later, under a key that nobody here can take back.
 */
public final class PublishExport {
    private final Place place;
    private final ExportRegister register;
    private final byte[] publicKey;
    private final InstantSource clock;

    /** @param publicKey of who signs exports, X.509 encoding */
    public PublishExport(Place place, ExportRegister register, byte[] publicKey, InstantSource clock) {
        this.place = place;
        this.register = register;
        this.publicKey = publicKey;
        this.clock = clock;
    }

    /** @param removed exports that are there no more */
    public record Published(Entry entry, List<Entry> removed) {}

    /**
     * Begun again after whatever crash, it goes on.
     *
     * @throws PortableException when the bag is not whole, its recipient had an export before, or the place has something else
     */
    public Published publish(Path folder) throws IOException, PortableException {
        Bag.verified(folder, List.of(publicKey));
        ExportOrder order = ExportOrder.parse(Files.readString(folder.resolve("order.json")));
        SortedMap<String, Path> files = files(folder);
        for (Entry entry : register.entries()) {
            requireMayFollow(entry, order, last(files));
        }
        String prefix = ExportRegister.PREFIX + order.id() + "/";
        for (Map.Entry<String, Path> file : files.entrySet()) {
            bring(prefix + file.getKey(), file.getValue());
        }
        verify(prefix, files);
        Entry entry = new Entry(
                order.id(),
                order.recipient(),
                order.since(),
                last(files),
                Sha256.of(folder.resolve(Bag.TAGS)),
                clock.instant(),
                null,
                0,
                null,
                null);
        register.put(entry);
        return new Published(entry, order.since() == 0 ? removeOthers(order.id()) : List.of());
    }

    private static void requireMayFollow(Entry entry, ExportOrder order, long last) throws PortableException {
        if (entry.id().equals(order.id())) {
            if (!entry.remains()) {
                throw new PortableException(
                        Code.NOT_THAT_EXPORT,
                        "this export was removed at " + entry.removedAt() + ": a newer one is there");
            }
        } else if (entry.recipient().equals(order.recipient())) {
            throw new PortableException(
                    Code.RECIPIENT_INVALID, "the recipient had an export before: each has a fresh key");
        } else if (order.since() == 0 && entry.since() == 0 && entry.remains() && entry.until() > last) {
            throw new PortableException(
                    Code.NOT_THAT_EXPORT,
                    "it ends at position " + last + ", and the one that is there at " + entry.until()
                            + ": it would take the place of a newer one");
        }
    }

    private static SortedMap<String, Path> files(Path folder) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        try (var walked = Files.walk(folder)) {
            walked.filter(Files::isRegularFile)
                    .forEach(
                            file -> files.put(folder.relativize(file).toString().replace('\\', '/'), file));
        }
        return files;
    }

    /** Stands in the name of the last file of events. */
    private static long last(SortedMap<String, Path> files) {
        String name = files.keySet().stream()
                .filter(each -> each.startsWith("data/events/"))
                .reduce((one, later) -> later)
                .orElse("data/events/0-0.");
        return Long.parseLong(name.substring(name.indexOf('-') + 1, name.indexOf('.')));
    }

    private void bring(String name, Path file) throws IOException {
        String hash = Sha256.of(file);
        for (PlacedObject there : place.list(name)) {
            if (there.name().equals(name)) {
                if (hash.equals(placed(name))) {
                    return;
                }
                place.delete(name);
            }
        }
        Path copy = Files.createTempFile(place.spool(), "export", ".part");
        try {
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            place.put(name, copy, HexFormat.of().parseHex(hash));
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private void verify(String prefix, SortedMap<String, Path> files) throws IOException, PortableException {
        TreeSet<String> there = new TreeSet<>();
        place.list(prefix).forEach(object -> there.add(object.name().substring(prefix.length())));
        if (!there.equals(files.keySet())) {
            throw new PortableException(Code.BAG_BROKEN, "the place has not what was brought to it");
        }
        for (Map.Entry<String, Path> file : files.entrySet()) {
            if (!Sha256.of(file.getValue()).equals(placed(prefix + file.getKey()))) {
                throw new PortableException(Code.BAG_BROKEN, "the place gives back something else: " + file.getKey());
            }
        }
    }

    private String placed(String name) throws IOException {
        try (InputStream in = place.open(name)) {
            return Sha256.of(in);
        }
    }

    /** Everything older; what the place still lists afterwards is not said to be removed. */
    private List<Entry> removeOthers(String id) throws IOException, PortableException {
        List<Entry> removed = new ArrayList<>();
        for (Entry entry : register.entries()) {
            if (entry.id().equals(id)) {
                break;
            }
            if (entry.remains()) {
                String prefix = ExportRegister.PREFIX + entry.id() + "/";
                List<PlacedObject> objects = place.list(prefix);
                for (PlacedObject object : objects) {
                    place.delete(object.name());
                }
                if (!place.list(prefix).isEmpty()) {
                    throw new PortableException(Code.BAG_BROKEN, "the place does not remove an older export");
                }
                Entry gone = entry.removed(clock.instant(), objects.size());
                register.put(gone);
                removed.add(gone);
            }
        }
        return removed;
    }
}
