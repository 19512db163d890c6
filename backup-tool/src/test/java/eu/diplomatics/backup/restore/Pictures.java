package eu.diplomatics.backup.restore;

import eu.diplomatics.local.DatabaseAccess;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a database is: who may do what, and what is in it. Two that give the same pictures are the same to a service. */
final class Pictures {
    private static final String SCHEMAS = "('eventstore', 'accesslog', 'batch', 'keys', 'keyring')";
    /** Owners, rights, policies, triggers, constraints, indexes (but for their names), storage, views and functions. */
    private static final String STRUCTURE = """
            SELECT 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || pg_get_userbyid(c.relowner) || ' '
                   || c.relrowsecurity || c.relforcerowsecurity || coalesce(c.reloptions::text, '') || ' '
                   || coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) a), '')
              FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN %1$s) AND c.relkind IN ('r', 'v', 'S')
            UNION ALL
            SELECT 'column ' || a.attrelid::regclass || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull
                   || a.attstorage::text || a.attidentity::text || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
                   || coalesce((SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(a.attacl) x), '')
              FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN %1$s) AND c.relkind = 'r' AND a.attnum > 0
               AND NOT a.attisdropped
            UNION ALL
            SELECT 'policy ' || p::text FROM pg_policies p WHERE p.schemaname IN %1$s
            UNION ALL
            SELECT 'trigger ' || t.tgenabled::text || pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE NOT t.tgisinternal AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN %1$s)
            UNION ALL
            SELECT 'constraint ' || c.conrelid::regclass || ' ' || pg_get_constraintdef(c.oid) || c.convalidated FROM pg_constraint c
             WHERE c.connamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN %1$s)
            UNION ALL
            SELECT 'index ' || regexp_replace(i.indexdef, 'INDEX \\S+ ON', 'INDEX ON') FROM pg_indexes i WHERE i.schemaname IN %1$s
            UNION ALL
            SELECT 'view ' || v.viewname || v.definition FROM pg_views v WHERE v.schemaname IN %1$s
            UNION ALL
            SELECT 'function ' || p.oid::regprocedure || p.prosecdef || md5(pg_get_functiondef(p.oid)) || pg_get_userbyid(p.proowner)
                   || coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(p.proacl) a), '')
              FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN %1$s)
            UNION ALL
            SELECT 'schema ' || n.nspname || pg_get_userbyid(n.nspowner)
                   || coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(n.nspacl) a), '')
              FROM pg_namespace n WHERE n.nspname IN %1$s
            UNION ALL
            SELECT 'default ' || coalesce(d.defaclnamespace::regnamespace::text, '') || d.defaclobjtype::text || d.defaclacl::text
              FROM pg_default_acl d
            ORDER BY 1
            """.formatted(SCHEMAS);

    private static final String TABLES = """
            SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r' AND n.nspname IN %s AND c.relname <> 'flyway_schema_history' ORDER BY 1
            """.formatted(SCHEMAS);

    private Pictures() {}

    static List<String> structure(DatabaseAccess access) throws SQLException {
        return RestorePlaces.strings(access, STRUCTURE);
    }

    /** A digest of each table's rows, but for what only one server's own count of transactions says. */
    static Map<String, String> rows(DatabaseAccess access) throws SQLException {
        Map<String, String> digests = new TreeMap<>();
        for (String table : RestorePlaces.strings(access, TABLES)) {
            digests.put(
                    table,
                    RestorePlaces.strings(
                                    access,
                                    "SELECT count(*) || ' ' || coalesce(md5(string_agg(j, '|' ORDER BY j)), '') FROM "
                                            + "(SELECT (to_jsonb(t) - 'made_in')::text AS j FROM " + table + " t) AS r")
                            .getFirst());
        }
        return digests;
    }
}
