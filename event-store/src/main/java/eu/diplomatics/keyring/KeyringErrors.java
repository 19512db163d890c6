package eu.diplomatics.keyring;

import java.sql.SQLException;

/** What the keyring's database says, as what it means. */
final class KeyringErrors {
    private KeyringErrors() {}

    static KeysUnavailableException unavailable(SQLException e) {
        return new KeysUnavailableException("keyring database does not answer (" + e.getSQLState() + ")", e);
    }

    /** Why a new key or secret was not taken. */
    static RuntimeException notMade(SQLException e) {
        return switch (e.getSQLState()) {
            case "DK002" -> new KekGoneException("new");
            case "DK004" -> new KeysUnavailableException("a stream was shredded: no key is made for it", e);
            case null, default -> unavailable(e);
        };
    }
}
