package eu.diplomatics.custodian;

import eu.diplomatics.custodian.TokenException.Reason;

/** How a token is: the code that readiness and log show, and what an operator does about it. Codes never change. */
enum TokenState {
    OPEN("nothing"),
    FAILED(
            "nothing at first: it is opened again by itself; if it stays so, test the module with its maker's tool (a key file: put it back as it was and restart the custodian)"),
    MISSING("connect the token, so that the maker's tool lists exactly one of this label; it is then opened by itself"),
    PIN_REFUSED("put the right PIN into pinFile: another one is tried once; if it was right, restart the custodian"),
    LOCKED("let the security officer set the PIN anew; the token is then opened by itself"),
    KEYS_LOST(
            "connect the right token, or restore the keys that the log names from its backup; never run custodian init"),
    INSECURE("find out who changed the token, and remove the key that the log names"),
    SLOW("look at the module and the way to it; when it is quick again nothing is to be done"),
    HANGING("repair the module or the way to it; if calls hang afterwards too, restart the custodian");

    private final String hint;

    TokenState(String hint) {
        this.hint = hint;
    }

    static TokenState of(Reason reason) {
        return switch (reason) {
            case MISSING -> MISSING;
            case WRONG_PASSWORD -> PIN_REFUSED;
            case LOCKED -> LOCKED;
            case INCOMPLETE -> KEYS_LOST;
            case CORRUPT -> INSECURE;
            case SLOW -> SLOW;
            case HANGING -> HANGING;
            case UNKNOWN_KEY, MISMATCH, IN_USE, UNAVAILABLE -> FAILED;
        };
    }

    String hint() {
        return hint;
    }
}
