package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.LocalSoftHsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the custodian of an installation keeps its keys in: chosen when they are made, and kept to. */
public enum CustodianToken {
    /** A token of SoftHSM2, which works as a hardware module does and is none. */
    SOFTHSM("in a token of SoftHSM2, which is software"),
    /** A password-protected file. */
    FILE("WARNING: in a file, not in a token (for one: apt install softhsm2, ./dev reset, ./dev up)");

    private final String text;

    CustodianToken(String text) {
        this.text = text;
    }

    /** The one there is, or else the one that this machine would get. */
    public static CustodianToken of(Layout layout) {
        if (Files.exists(keyFile(layout))) {
            return FILE;
        }
        return hasSoftHsm(layout) || LocalSoftHsm.isInstalled() ? SOFTHSM : FILE;
    }

    static Path keyFile(Layout layout) {
        return layout.custodian().resolve("keys.p12");
    }

    static Path softHsm(Layout layout) {
        return layout.custodian().resolve("softhsm");
    }

    /** Whether anybody made a token here, with keys or without. */
    static boolean hasSoftHsm(Layout layout) {
        Path tokens = softHsm(layout).resolve("tokens");
        if (!Files.isDirectory(tokens)) {
            return false;
        }
        try (Stream<Path> all = Files.list(tokens)) {
            return all.findAny().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where the keys are, for people. */
    public String text() {
        return text;
    }
}
