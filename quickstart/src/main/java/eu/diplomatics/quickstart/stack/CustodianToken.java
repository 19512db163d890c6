package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.LocalSoftHsm;
import java.nio.file.Files;

/** What the custodian of an installation keeps its keys in, at either site: chosen when they are made, and kept to. */
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
        return of(layout, CustodianSite.FIRST);
    }

    static CustodianToken of(Layout layout, CustodianSite site) {
        if (Files.exists(site.keyFile(layout))) {
            return FILE;
        }
        return site.hasSoftHsm(layout) || LocalSoftHsm.isInstalled() ? SOFTHSM : FILE;
    }

    /** Where the keys are, for people. */
    public String text() {
        return text;
    }
}
