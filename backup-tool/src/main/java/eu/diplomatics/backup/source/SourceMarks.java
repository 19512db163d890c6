package eu.diplomatics.backup.source;

import java.util.Map;

/**
 * What a tail needs to know of the snapshot it goes on from.
 *
 * @param horizon {@code CLUSTER:TRANSACTION}: on that server, every transaction below this one had ended
 * @param files by table: another one says that another table has taken its place, or that it was emptied
 */
public record SourceMarks(String horizon, Map<String, String> files) {
    public SourceMarks {
        files = Map.copyOf(files);
    }

    /** Which server it was: transactions of two servers cannot be compared. */
    public String cluster() {
        return horizon.substring(0, horizon.indexOf(':'));
    }

    public long transaction() {
        return Long.parseLong(horizon.substring(horizon.indexOf(':') + 1));
    }
}
