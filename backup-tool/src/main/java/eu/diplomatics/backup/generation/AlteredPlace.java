package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.place.Place;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A place as it would be if somebody had flipped a bit of one object and taken another away; nothing is written. */
final class AlteredPlace implements Place {
    private final Place place;
    private final String flipped;
    private final String taken;

    AlteredPlace(Place place, String flipped, String taken) {
        this.place = place;
        this.flipped = flipped;
        this.taken = taken;
    }

    @Override
    public String name() {
        return place.name();
    }

    @Override
    public Path spool() {
        throw new UnsupportedOperationException("nothing is written");
    }

    @Override
    public List<PlacedObject> list(String prefix) throws IOException {
        return place.list(prefix).stream()
                .filter(object -> !object.name().equals(taken))
                .toList();
    }

    @Override
    public InputStream open(String name) throws IOException {
        if (name.equals(taken)) {
            throw new NoSuchFileException(name);
        }
        return name.equals(flipped) ? new Flipped(place.open(name)) : place.open(name);
    }

    @Override
    public void put(String name, Path file, byte[] sha256) {
        throw new UnsupportedOperationException("nothing is written");
    }

    @Override
    public void replace(String name, byte[] content) {
        throw new UnsupportedOperationException("nothing is written");
    }

    @Override
    public void delete(String name) {
        throw new UnsupportedOperationException("nothing is written");
    }

    /** Another lowest bit in the first byte. */
    private static final class Flipped extends FilterInputStream {
        private boolean begun;

        Flipped(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count > 0 && !begun) {
                bytes[offset] ^= 1;
                begun = true;
            }
            return count;
        }
    }
}
