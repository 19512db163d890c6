package eu.diplomatics.quickstart.stack;

import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.WitnessDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The controller's witness, here on the same machine. It takes the logs' keys from the services when it sees them for
 * the first time; a controller takes them from the registry's operators, by another way.
 */
final class WitnessSetup {
    private static final String MAIN = "eu.diplomatics.witness.WitnessApplication";
    private static final String NAME = "controller.local";
    private static final int HEAP_MEGABYTES = 32;

    private final Layout layout;
    private final Addresses addresses;
    private final WitnessDirectory directory;

    WitnessSetup(Layout layout, Addresses addresses) {
        this.layout = layout;
        this.addresses = addresses;
        this.directory = new WitnessDirectory(layout.witness());
    }

    /** The witness's key, made at the first start. */
    VerifierKey key() throws IOException {
        return directory.exists() ? directory.key() : directory.init(NAME);
    }

    /** Watches the logs of the services that run by now. */
    void watch() throws IOException {
        String events = addresses.registryUrl() + "/v1/log/key";
        watch(events, Probes.get(events).map(answer -> answer.lines().toList()));
        String accesses = addresses.queryUrl() + "/actuator/accesslog";
        watch(
                accesses,
                Probes.json(accesses)
                        .map(answer -> answer.path("keys")
                                .valueStream()
                                .map(key -> key.path("key").asString(""))
                                .toList()));
    }

    /** Every key there is: one that was replaced while nothing ran is told to the witness here. */
    private void watch(String url, Optional<List<String>> keys) throws IOException {
        try {
            for (String key : keys.orElseThrow(() -> new StartFailedException("no answer: " + url))) {
                directory.watch(VerifierKey.parse(key));
            }
        } catch (NoteException e) {
            throw new StartFailedException("no key of a log: " + url);
        }
    }

    Child.Spec serve() {
        return new Child.Spec(
                "witness",
                layout.application("quickstart"),
                MAIN,
                HEAP_MEGABYTES,
                List.of("-Dlogback.configurationFile=quickstart-logback.xml"),
                List.of("serve", "--dir", layout.witness().toString(), "--port", Integer.toString(addresses.witness())),
                Map.of());
    }
}
