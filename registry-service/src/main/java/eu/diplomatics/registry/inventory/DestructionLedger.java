package eu.diplomatics.registry.inventory;

import eu.diplomatics.keyring.Custodian.SignedStatement;
import java.time.Instant;
import java.util.Set;

/** What inventory and audit have to do with keys that are no more. */
public interface DestructionLedger {
    /** Epoch keys, {@code label@custodian}, of which there is a verified receipt. */
    Set<String> destroyed();

    /** Written down before it is given away: a receipt names what it was given for. */
    void inventorySigned(String label, String custodian, SignedStatement statement, Instant now);
}
