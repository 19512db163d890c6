package eu.diplomatics.backup.source;

import java.util.Set;

/** A database of the registry of which a generation holds all tables. Projections are made anew and not among them. */
public enum SourceDatabase {
    EVENTSTORE("eventstore", Part.DATA, Set.of("generation_lease"), "eventstore"),
    ACCESSLOG("accesslog", Part.DATA, Set.of(), "accesslog"),
    REGISTRY("registry", Part.DATA, Set.of(), "batch", "keys"),
    /** What a rewrite under way has made is made anew. */
    KEYRING("keyring", Part.KEYS, Set.of("data_key_next", "data_key_change", "secret_next"), "keyring");

    private final String databaseName;
    private final Part part;
    private final Set<String> leftOut;
    private final Set<String> schemas;

    SourceDatabase(String databaseName, Part part, Set<String> leftOut, String... schemas) {
        this.databaseName = databaseName;
        this.part = part;
        this.leftOut = leftOut;
        this.schemas = Set.of(schemas);
    }

    public String databaseName() {
        return databaseName;
    }

    public Part part() {
        return part;
    }

    /** Tables, without their schema, of which nothing is kept. */
    Set<String> leftOut() {
        return leftOut;
    }

    Set<String> schemas() {
        return schemas;
    }

    /** What lies in different hands: whoever has the data has no keys to it. Each part is sealed under a key of its own. */
    public enum Part {
        DATA("data"),
        KEYS("keys");

        private final String partName;

        Part(String partName) {
            this.partName = partName;
        }

        public String partName() {
            return partName;
        }
    }
}
