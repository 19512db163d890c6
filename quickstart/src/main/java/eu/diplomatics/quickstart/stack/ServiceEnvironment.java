package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import eu.diplomatics.transparency.VerifierKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the services are told, by environment variables: passwords must not stand on a command line. */
final class ServiceEnvironment {
    private static final String PARTS = "institution-clerk,institution-system,agency-system,case-worker,citizen,"
            + "delegate,controller,dpo,auditor,operator";

    private final Addresses addresses;
    private final Map<Database, DatabaseAccess> databases;
    private final LocalAuthority authority;
    private final List<String> custodians;
    private final VerifierKey witness;

    /** @param custodians addresses of the custodian's sites */
    ServiceEnvironment(
            Addresses addresses,
            Map<Database, DatabaseAccess> databases,
            LocalAuthority authority,
            List<String> custodians,
            VerifierKey witness) {
        this.addresses = addresses;
        this.databases = databases;
        this.authority = authority;
        this.custodians = List.copyOf(custodians);
        this.witness = witness;
    }

    Map<String, String> registry() {
        Map<String, String> environment = common("registry", addresses.registry());
        database(environment, Database.EVENTSTORE, "writer", "reader", "relay", "rekeyer", "sealer");
        database(environment, Database.KEYRING);
        login(environment, "KEYRING_APP", access(Database.KEYRING).role("registry"));
        login(environment, "KEYRING_REKEYER", access(Database.KEYRING).role("rekeyer"));
        database(environment, Database.REGISTRY, "app");
        return environment;
    }

    Map<String, String> query() {
        Map<String, String> environment = common("query", addresses.query());
        database(environment, Database.QUERY, "projector", "reader");
        database(environment, Database.ACCESSLOG, "writer", "teller", "notifier", "sealer", "shipper", "retention");
        environment.put(
                "DIPLOMATICS_CONTROLLER_URL", access(Database.CONTROLLER).url());
        login(environment, "CONTROLLER_SHIPPER", access(Database.CONTROLLER).role("shipper"));
        environment.put(
                "DIPLOMATICS_EVENTSTORE_URL", access(Database.EVENTSTORE).url());
        login(environment, "EVENTSTORE_READER", access(Database.EVENTSTORE).role("reader"));
        environment.put("DIPLOMATICS_KEYRING_URL", access(Database.KEYRING).url());
        login(environment, "KEYRING_APP", access(Database.KEYRING).role("query"));
        environment.put("DIPLOMATICS_LED_CAPACITIES_0_CODE", "1300");
        environment.put("DIPLOMATICS_LED_CAPACITIES_0_AGENCY", "vdab");
        environment.put("DIPLOMATICS_LED_CAPACITIES_0_PURPOSE", "job-matching");
        return environment;
    }

    private Map<String, String> common(String service, int port) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("SERVER_ADDRESS", "127.0.0.1");
        environment.put("SERVER_PORT", Integer.toString(port));
        environment.put("SPRING_PROFILES_ACTIVE", addresses.tokens() ? "insecure,tokens" : "insecure");
        if (addresses.tokens()) {
            environment.put("DIPLOMATICS_IDENTITY_AUDIENCE", "urn:diplomatics:" + service);
            environment.put("DIPLOMATICS_IDENTITY_ISSUERS_0_ISSUER", addresses.providerUrl());
            environment.put("DIPLOMATICS_IDENTITY_ISSUERS_0_KEYS", addresses.providerUrl() + "/oauth2/jwks");
            environment.put("DIPLOMATICS_IDENTITY_ISSUERS_0_ACR", "substantial");
            environment.put("DIPLOMATICS_IDENTITY_ISSUERS_0_PARTS", PARTS);
        }
        environment.put("DIPLOMATICS_TESTNUMBERS", "true");
        environment.put("DIPLOMATICS_ZONES_ONEMACHINE", "true");
        environment.put("DIPLOMATICS_TRANSPARENCY_NAME", "registry.local");
        // whoever tries a receipt does not wait for a minute
        environment.put("DIPLOMATICS_TRANSPARENCY_INTERVAL", "10s");
        environment.put("DIPLOMATICS_TRANSPARENCY_WITNESS_URL", addresses.witnessUrl());
        environment.put("DIPLOMATICS_TRANSPARENCY_WITNESS_KEY", witness.text());
        environment.put("DIPLOMATICS_KAFKA_BOOTSTRAPSERVERS", addresses.kafkaBootstrap());
        environment.put("DIPLOMATICS_CUSTODIAN_ENDPOINTS", String.join(",", custodians));
        environment.put("DIPLOMATICS_CUSTODIAN_SITES", Integer.toString(custodians.size()));
        environment.put(
                "DIPLOMATICS_CUSTODIAN_KEYSTORE", authority.keyStore(service).toString());
        environment.put(
                "DIPLOMATICS_CUSTODIAN_TRUSTSTORE", authority.trustStore().toString());
        environment.put("DIPLOMATICS_CUSTODIAN_STOREPASSWORD", new String(authority.password()));
        return environment;
    }

    private void database(Map<String, String> environment, Database database, String... services) {
        String prefix = database.name();
        DatabaseAccess access = access(database);
        environment.put("DIPLOMATICS_" + prefix + "_URL", access.url());
        login(environment, prefix + "_MIGRATOR", access.migrator());
        for (String service : services) {
            login(environment, prefix + "_" + service.toUpperCase(Locale.ROOT), access.role(service));
        }
    }

    private DatabaseAccess access(Database database) {
        DatabaseAccess access = databases.get(database);
        if (access == null) {
            throw new IllegalStateException("no database " + database);
        }
        return access;
    }

    private static void login(Map<String, String> environment, String name, Login login) {
        environment.put("DIPLOMATICS_" + name + "_USERNAME", login.username());
        environment.put("DIPLOMATICS_" + name + "_PASSWORD", login.password());
    }
}
