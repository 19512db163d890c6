package eu.diplomatics.backup.export;

import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.place.Place.PlacedObject;
import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.backup.portable.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Brings the newest whole export back from the second provider. */
public final class FetchExport {
    private final Place place;
    private final List<byte[]> believed;

    /** @param believed public keys of who signs exports, X.509 encoding */
    public FetchExport(Place place, List<byte[]> believed) {
        this.place = place;
        this.believed = List.copyOf(believed);
    }

    /**
     * @param folder which is not there yet
     * @throws PortableException when there is none, or what is there is not the one that the register names
     */
    public ExportRegister.Entry into(Path folder) throws IOException, PortableException {
        ExportRegister.Entry newest = ExportRegister.newest(ExportRegister.read(place, believed))
                .orElseThrow(() -> new PortableException(Code.BAG_BROKEN, "no export lies at the second provider"));
        String prefix = ExportRegister.PREFIX + newest.id() + "/";
        for (PlacedObject object : place.list(prefix)) {
            Path file = folder.resolve(object.name().substring(prefix.length())).normalize();
            if (!file.startsWith(folder)) {
                throw new PortableException(Code.BAG_BROKEN, "a name that leads out of the folder");
            }
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            try (InputStream in = place.open(object.name())) {
                Files.copy(in, file);
            }
        }
        Bag.verified(folder, believed);
        if (!Sha256.of(folder.resolve(Bag.TAGS)).equals(newest.bag())) {
            throw new PortableException(Code.BAG_BROKEN, "not the export that the register names");
        }
        return newest;
    }
}
