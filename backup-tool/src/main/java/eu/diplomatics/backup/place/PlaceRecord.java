package eu.diplomatics.backup.place;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a place turned out to do, as it is kept beside the generations. Nothing relies on it: it tells people which of their
 * providers' promises are kept.
 *
 * @param capabilities what was tried, and what came of it
 */
public record PlaceRecord(String type, Instant probedAt, SortedMap<String, String> capabilities) {
    public static final String TYPE = "diplomatics backup place v1";
    static final String OBJECT = "place.json";
    private static final Duration VALID = Duration.ofDays(7);
    private static final int MOST_BYTES = 1 << 16;

    public PlaceRecord {
        capabilities = Collections.unmodifiableSortedMap(new TreeMap<>(capabilities));
    }

    /** What is kept; empty where nothing is, or nothing that can be read. */
    public static Optional<PlaceRecord> kept(Place place) throws IOException {
        try (InputStream in = place.open(OBJECT)) {
            PlaceRecord read = JsonMapper.shared().readValue(in.readNBytes(MOST_BYTES), PlaceRecord.class);
            return TYPE.equals(read.type()) ? Optional.of(read) : Optional.empty();
        } catch (NoSuchFileException | JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * Tries the place and keeps what came of it.
     *
     * @throws PlaceException when the place cannot be used
     */
    public static PlaceRecord probe(Place place, Instant now) throws IOException {
        PlaceRecord made = new PlaceRecord(TYPE, now, place.probe());
        if (!made.capabilities().isEmpty()) {
            place.replace(OBJECT, JsonMapper.shared().writeValueAsString(made).getBytes(StandardCharsets.UTF_8));
        }
        return made;
    }

    /** Tries a place that was not tried for a week: a provider changes, and so does who configures it. */
    public static void ensure(Place place, Instant now) throws IOException {
        Optional<PlaceRecord> kept = kept(place);
        if (kept.isEmpty() || Duration.between(kept.get().probedAt(), now).abs().compareTo(VALID) > 0) {
            probe(place, now);
        }
    }
}
