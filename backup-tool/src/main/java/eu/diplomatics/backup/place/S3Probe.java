package eu.diplomatics.backup.place;

import eu.diplomatics.backup.place.S3Client.Answer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Tries what an S3 server does: with objects of its own, which it removes. */
final class S3Probe {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int EXISTS = 412;
    private static final long DAYS_OF_A_YEAR = 366;

    private final S3Place place;
    private final String name = "probe/" + UUID.randomUUID();

    S3Probe(S3Place place) {
        this.place = place;
    }

    SortedMap<String, String> probe() throws IOException {
        SortedMap<String, String> found = new TreeMap<>();
        // first of all: nothing is put under a lock that is too long
        found.put("object lock", lock());
        found.put("versioning", versioning());
        byte[] content = "what a place is tried with".getBytes(StandardCharsets.US_ASCII);
        place.replace(name, content);
        found.put("read back", "the same");
        found.put("put only what is not there (if-none-match)", condition(content));
        found.put("checksum (x-amz-checksum-sha256)", checksum(content));
        place.delete(name);
        found.put("removal", place.list(name).isEmpty() ? "shown" : "at the end of the lock");
        return found;
    }

    private String condition(byte[] content) throws IOException {
        byte[] sha256 = SigV4.sha256().digest(content);
        Answer answer = place.send(
                place.key(name),
                S3Place.body(sha256, content.length, () -> BodyPublishers.ofByteArray(content)),
                true,
                sha256);
        return answer.status() == EXISTS ? "kept" : answer.status() == OK ? "ignored" : "not offered";
    }

    /** Says the hash of one content and sends another of the same length. */
    private String checksum(byte[] content) throws IOException {
        byte[] other = content.clone();
        other[0] ^= 1;
        String wrong = name + ".wrong";
        Answer answer = place.send(
                place.key(wrong),
                S3Place.body(SigV4.sha256().digest(other), other.length, () -> BodyPublishers.ofByteArray(other)),
                false,
                SigV4.sha256().digest(content));
        place.delete(wrong);
        return answer.status() == OK ? "ignored" : answer.status() == BAD_REQUEST ? "checked" : "not to be known";
    }

    private String versioning() throws IOException {
        Answer answer = place.ask("GET", "", Map.of("versioning", ""));
        if (answer.status() != OK) {
            return answer.status() == FORBIDDEN ? "not to be known" : "not offered";
        }
        return S3Xml.parse(answer.body())
                .filter(each -> each.name().equals("VersioningConfiguration"))
                .map(each -> each.text("Status"))
                .map(status -> status.equals("Enabled") ? "on" : status.equals("Suspended") ? "suspended" : "off")
                .orElse("not offered");
    }

    private String lock() throws IOException {
        Answer answer = place.ask("GET", "", Map.of("object-lock", ""));
        if (answer.status() == FORBIDDEN) {
            return "not to be known";
        }
        Optional<S3Xml> retention = S3Xml.parse(answer.body())
                .filter(each -> answer.status() == OK && each.name().equals("ObjectLockConfiguration"))
                .flatMap(each -> each.first("Rule"))
                .flatMap(each -> each.first("DefaultRetention"));
        if (retention.isEmpty()) {
            return "none";
        }
        String mode = retention.get().text("Mode");
        long days = number(retention.get().text("Days"))
                + DAYS_OF_A_YEAR * number(retention.get().text("Years"));
        if (days > S3Place.LONGEST_LOCK.toDays()) {
            throw new PlaceException(
                    place.name() + " locks what it is given for " + days + " days",
                    "a copy has to be gone three days after its key was replaced (R17): three days are the longest lock");
        }
        return (mode.equals("COMPLIANCE") || mode.equals("GOVERNANCE") ? mode : "of another kind") + ", " + days
                + " days";
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
    }
}
