package eu.diplomatics.quickstart.stack;

import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.WitnessDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The controller's witness, here on the same machine. It takes the log's key from the registry when it sees it for the
 * first time; a controller takes it from the registry's operators, by another way.
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

    /** Watches the log of the registry that runs by now. */
    void watch() throws IOException {
        String url = addresses.registryUrl() + "/v1/log/key";
        try {
            directory.watch(VerifierKey.parse(Probes.get(url)
                    .map(String::strip)
                    .orElseThrow(() -> new StartFailedException("no answer: " + url))));
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
