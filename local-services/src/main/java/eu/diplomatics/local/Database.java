package eu.diplomatics.local;

import java.util.ArrayList;
import java.util.List;

/**
 * The registry's databases and their roles. Each has an owner that cannot log in, a migrator that may become the owner,
 * and the roles of the running services, which start with no right but to connect.
 */
public enum Database {
    EVENTSTORE("eventstore", "es", "writer", "reader", "relay", "rekeyer", "sealer", "backup", "exporter", "importer"),
    KEYRING("keyring", "kr", "registry", "query", "rekeyer", "backup", "exporter"),
    QUERY("query", "qs", "projector", "reader"),
    ACCESSLOG(
            "accesslog",
            "al",
            "writer",
            "reader",
            "teller",
            "notifier",
            "sealer",
            "shipper",
            "retention",
            "backup",
            "exporter"),
    REGISTRY("registry", "rg", "app", "backup"),
    /** The controller's own, which holds the shipped copy of the access log. */
    CONTROLLER("controller", "cl", "shipper", "reader", "keeper");

    private final String databaseName;
    private final String prefix;
    private final List<String> services;

    Database(String databaseName, String prefix, String... services) {
        this.databaseName = databaseName;
        this.prefix = prefix;
        this.services = List.of(services);
    }

    public String databaseName() {
        return databaseName;
    }

    public String owner() {
        return prefix + "_owner";
    }

    public String migrator() {
        return prefix + "_migrator";
    }

    /** The role's full name, such as {@code es_writer} for {@code writer}. */
    public String role(String service) {
        if (!services.contains(service)) {
            throw new IllegalArgumentException("no such role in " + databaseName);
        }
        return prefix + "_" + service;
    }

    /** Every role that logs in, the migrator first. */
    public List<String> logins() {
        List<String> logins = new ArrayList<>();
        logins.add(migrator());
        services.forEach(service -> logins.add(role(service)));
        return List.copyOf(logins);
    }
}
