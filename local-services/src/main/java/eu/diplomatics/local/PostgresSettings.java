package eu.diplomatics.local;

import java.util.LinkedHashMap;
import java.util.Map;

/** Settings that hold for every PostgreSQL of ours, embedded or in a container. */
final class PostgresSettings {
    static final Map<String, String> COMMON = common();

    private PostgresSettings() {}

    private static Map<String, String> common() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("fsync", "on");
        settings.put("synchronous_commit", "on");
        settings.put("full_page_writes", "on");
        settings.put("password_encryption", "scram-sha-256");
        settings.put("max_connections", "200");
        settings.put("shared_buffers", "128MB");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        // Recycled WAL files would keep old rows, shredded keys among them, until they happen to be overwritten.
        settings.put("wal_recycle", "off");
        // No value reaches the log: errors (whose text quotes values) stay with the client, LOG and FATAL remain.
        settings.put("log_min_messages", "log");
        settings.put("log_min_error_statement", "panic");
        settings.put("log_error_verbosity", "terse");
        settings.put("log_statement", "none");
        settings.put("log_min_duration_statement", "-1");
        settings.put("log_parameter_max_length", "0");
        settings.put("log_parameter_max_length_on_error", "0");
        settings.put("log_checkpoints", "off");
        // pg_stat_activity shows statements to superusers; ours carry parameters, never values, all the same.
        settings.put("track_activity_query_size", "100");
        return settings;
    }
}
