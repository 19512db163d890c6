package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Credentials;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.RunState;
import eu.diplomatics.quickstart.stack.StartFailedException;
import eu.diplomatics.sealing.AuditApplication;
import eu.diplomatics.shipping.ShippedApplication;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.WitnessDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Audits a log of the running registry, with the keys that the controller's witness has. */
final class Audit {
    private final Layout layout;

    Audit(Layout layout) {
        this.layout = layout;
    }

    /** @param accessLog the access log instead of the event log */
    int run(boolean accessLog) throws IOException {
        Addresses addresses = new RunState(layout).addresses();
        Credentials credentials = new Credentials(layout.credentialsFile());
        Map<String, String> environment = Map.of(
                "DIPLOMATICS_ACCESSLOG_URL", url(addresses.postgresA(), "accesslog"),
                "DIPLOMATICS_ACCESSLOG_READER_USERNAME", "al_reader",
                "DIPLOMATICS_ACCESSLOG_READER_PASSWORD", credentials.get("role.al_reader"),
                "DIPLOMATICS_EVENTSTORE_URL", url(addresses.postgresA(), "eventstore"),
                "DIPLOMATICS_EVENTSTORE_READER_USERNAME", "es_reader",
                "DIPLOMATICS_EVENTSTORE_READER_PASSWORD", credentials.get("role.es_reader"),
                "DIPLOMATICS_KEYRING_URL", url(addresses.postgresB(), "keyring"),
                "DIPLOMATICS_KEYRING_APP_USERNAME", "kr_registry",
                "DIPLOMATICS_KEYRING_APP_PASSWORD", credentials.get("role.kr_registry"));
        WitnessDirectory witness = new WitnessDirectory(layout.witness());
        List<String> arguments =
                new ArrayList<>(List.of("--witness-key", witness.key().text()));
        for (String key : logKeys(witness, accessLog)) {
            arguments.addAll(List.of("--log-key", key));
        }
        if (accessLog) {
            arguments.add("--access-log");
        }
        return new AuditApplication(environment, System.out, System.err).run(arguments);
    }

    /** The controller's copy of the access log, with what the witness has, and nothing of the registry's. */
    int shipped() throws IOException {
        Addresses addresses = new RunState(layout).addresses();
        Credentials credentials = new Credentials(layout.credentialsFile());
        Map<String, String> environment = Map.of(
                "DIPLOMATICS_CONTROLLER_URL", url(addresses.postgresB(), "controller"),
                "DIPLOMATICS_CONTROLLER_READER_USERNAME", "cl_reader",
                "DIPLOMATICS_CONTROLLER_READER_PASSWORD", credentials.get("role.cl_reader"));
        logKeys(new WitnessDirectory(layout.witness()), true);
        return new ShippedApplication(environment, System.out, System.err)
                .run(List.of("audit", "--witness", layout.witness().toString()));
    }

    private static List<String> logKeys(WitnessDirectory witness, boolean accessLog) throws IOException {
        List<String> keys = witness.watched().stream()
                .filter(key -> key.name().contains("/access/") == accessLog)
                .map(VerifierKey::text)
                .toList();
        if (keys.isEmpty()) {
            throw new StartFailedException("the witness watches no log yet\nHINT: ./dev up");
        }
        return keys;
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }
}
