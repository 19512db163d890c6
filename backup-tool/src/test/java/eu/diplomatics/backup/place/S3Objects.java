package eu.diplomatics.backup.place;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@link LyingS3} holds: of each key all versions, the newest last. */
final class S3Objects {
    private static final byte[] REMOVED = new byte[0];

    private record Version(String id, byte[] content, Instant lockedUntil) {
        boolean marker() {
            return content == REMOVED;
        }
    }

    volatile int lockDays;
    /** How a console of a provider's locks an object by itself, whatever the bucket says. */
    volatile Duration lock = Duration.ZERO;

    private final NavigableMap<String, List<Version>> keys = new TreeMap<>();
    private long ids;

    synchronized void put(String key, byte[] content) {
        Duration locked = lockDays > 0 ? Duration.ofDays(lockDays) : lock;
        keys.computeIfAbsent(key, unused -> new ArrayList<>())
                .add(new Version("v" + ++ids, content.clone(), Instant.now().plus(locked)));
    }

    synchronized void mark(String key) {
        keys.computeIfAbsent(key, unused -> new ArrayList<>()).add(new Version("v" + ++ids, REMOVED, Instant.EPOCH));
    }

    /** Whether it may; without a version it is only marked. */
    synchronized boolean delete(String key, String version) {
        if (version.isEmpty()) {
            mark(key);
            return true;
        }
        List<Version> versions = keys.getOrDefault(key, new ArrayList<>());
        if (versions.stream()
                .anyMatch(
                        each -> each.id().equals(version) && each.lockedUntil().isAfter(Instant.now()))) {
            return false;
        }
        versions.removeIf(each -> each.id().equals(version));
        keys.values().removeIf(List::isEmpty);
        return true;
    }

    private synchronized @Nullable Version find(String key, String version) {
        List<Version> versions = keys.getOrDefault(key, List.of());
        if (version.isEmpty()) {
            return versions.isEmpty() || versions.getLast().marker() ? null : versions.getLast();
        }
        return versions.stream()
                .filter(each -> each.id().equals(version))
                .findFirst()
                .orElse(null);
    }

    boolean has(String key) {
        return find(key, "") != null;
    }

    byte @Nullable [] get(String key, String version) {
        Version found = find(key, version);
        return found == null ? null : found.content();
    }

    Instant lockedUntil(String key, String version) {
        Version found = find(key, version);
        return found == null ? Instant.EPOCH : found.lockedUntil();
    }

    synchronized int versions(String key) {
        return keys.getOrDefault(key, List.of()).size();
    }

    String lockConfiguration() {
        return lockDays == 0
                ? "<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>"
                : "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
                        + "<Mode>COMPLIANCE</Mode><Days>" + lockDays
                        + "</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
    }

    synchronized byte[] listing(String prefix, boolean all) {
        String kind = all ? "ListVersionsResult" : "ListBucketResult";
        StringBuilder xml = new StringBuilder("<" + kind + "><IsTruncated>false</IsTruncated>");
        keys.tailMap(prefix).forEach((key, versions) -> {
            if (!key.startsWith(prefix)) {
                return;
            }
            for (Version each : versions.reversed()) {
                boolean latest = each == versions.getLast();
                if (all || latest && !each.marker()) {
                    String element = !all ? "Contents" : each.marker() ? "DeleteMarker" : "Version";
                    xml.append("<").append(element).append("><Key>").append(key).append("</Key>");
                    xml.append("<VersionId>").append(all ? each.id() : "").append("</VersionId>");
                    xml.append("<IsLatest>").append(latest).append("</IsLatest>");
                    xml.append("<Size>").append(each.content().length).append("</Size></");
                    xml.append(element).append(">");
                }
            }
        });
        return xml.append("</").append(kind).append(">").toString().getBytes(StandardCharsets.UTF_8);
    }
}
