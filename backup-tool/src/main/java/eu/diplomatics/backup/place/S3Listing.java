package eu.diplomatics.backup.place;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a bucket holds under a prefix, page by page: every version where the server knows versions. */
final class S3Listing {
    private static final long MOST_BYTES = 8 << 20;
    private static final int MOST_PAGES = 10_000;

    private final S3Client client;
    private final String place;
    /** Whether the server lists versions; not known before it was asked. */
    private @Nullable Boolean versions;

    S3Listing(S3Client client, String place) {
        this.client = client;
        this.place = place;
    }

    /**
     * @param versionId empty where the server knows no versions
     * @param marker whether it only says that the object was removed
     */
    record Entry(String key, String versionId, boolean latest, boolean marker, long bytes) {}

    /** Of all keys that begin so. */
    List<Entry> of(String prefix) throws IOException {
        if (versions == null || versions) {
            Optional<List<Entry>> listed = pages(prefix, "ListVersionsResult");
            versions = listed.isPresent();
            if (listed.isPresent()) {
                return listed.get();
            }
        }
        return pages(prefix, "ListBucketResult")
                .orElseThrow(() -> new PlaceException(place + " does not list objects"));
    }

    boolean knowsVersions() {
        return Boolean.TRUE.equals(versions);
    }

    private Optional<List<Entry>> pages(String prefix, String kind) throws IOException {
        boolean versioned = kind.equals("ListVersionsResult");
        List<Entry> found = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Map<String, String> next = Map.of();
        for (int page = 0; page < MOST_PAGES; page++) {
            Map<String, String> query = new LinkedHashMap<>(next);
            query.put("prefix", prefix);
            query.put("encoding-type", "url");
            query.put(versioned ? "versions" : "list-type", versioned ? "" : "2");
            S3Client.Answer answer =
                    client.ask(new S3Client.Question("GET", "", query, Map.of(), S3Client.Body.NONE, MOST_BYTES));
            if (versioned && page == 0 && S3Refusal.notOffered(answer)) {
                return Optional.empty();
            }
            if (answer.status() != 200) {
                throw S3Refusal.of(place, "list what it holds", answer);
            }
            Optional<S3Xml> listing = S3Xml.parse(answer.body());
            if (versioned
                    && page == 0
                    && listing.isPresent()
                    && listing.get().name().equals("ListBucketResult")) {
                return Optional.empty(); // it knows no versions and did not look at what it was asked
            }
            S3Xml result = listing.filter(each -> each.name().equals(kind))
                    .orElseThrow(() -> new PlaceException(place + " answers something else than a listing"));
            for (S3Xml each : result.children()) {
                entry(result, each, versioned).ifPresent(found::add);
            }
            if (!result.text("IsTruncated").equals("true")) {
                return Optional.of(check(prefix, found));
            }
            next = versioned
                    ? Map.of(
                            "key-marker", decoded(result, result.text("NextKeyMarker")),
                            "version-id-marker", result.text("NextVersionIdMarker"))
                    : Map.of("continuation-token", result.text("NextContinuationToken"));
            if (!seen.add(next.toString())) {
                throw new PlaceException(place + " lists the same again and again");
            }
        }
        throw new PlaceException(place + " lists more than can be there");
    }

    private Optional<Entry> entry(S3Xml result, S3Xml each, boolean versioned) throws PlaceException {
        boolean marker = each.name().equals("DeleteMarker");
        if (!marker && !each.name().equals(versioned ? "Version" : "Contents")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Entry(
                    decoded(result, each.text("Key")),
                    each.text("VersionId"),
                    !versioned || each.text("IsLatest").equals("true"),
                    marker,
                    marker ? 0 : Long.parseLong(each.text("Size"))));
        } catch (NumberFormatException e) {
            throw new PlaceException(place + " lists an object without a size");
        }
    }

    private List<Entry> check(String prefix, List<Entry> found) throws PlaceException {
        for (Entry each : found) {
            if (each.key().isEmpty() || !each.key().startsWith(prefix)) {
                throw new PlaceException(place + " lists something else than it was asked for");
            }
        }
        return found;
    }

    private static String decoded(S3Xml result, String text) throws PlaceException {
        try {
            return result.text("EncodingType").equals("url") ? URLDecoder.decode(text, StandardCharsets.UTF_8) : text;
        } catch (IllegalArgumentException e) {
            throw new PlaceException("a listing with a name that cannot be read");
        }
    }
}
