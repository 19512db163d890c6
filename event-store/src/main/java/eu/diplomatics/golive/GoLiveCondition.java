package eu.diplomatics.golive;

import java.sql.SQLException;

/**
 * Something that must hold before the registry takes real national numbers. Whoever adds one registers it as a bean; none
 * can be left out by configuration.
 */
public interface GoLiveCondition {
    /** Stable and short, such as {@code custodian-hardware}: it stands in refusals and signed reports. */
    String id();

    /** What it is asked by, such as {@code R33}. */
    String requirement();

    /** Looks now, within bounded time. Whatever it throws counts as not knowing, and that keeps the gate closed. */
    Verdict check() throws SQLException;

    /** What a look came to. */
    enum State {
        GREEN,
        RED,
        /** The look itself failed. */
        UNKNOWN
    }

    /**
     * @param why what was seen, for the operator and the supervisor: no secret, no address with a password
     * @param whatToDo the next step; empty when green
     */
    record Verdict(State state, String why, String whatToDo) {
        public static Verdict green(String why) {
            return new Verdict(State.GREEN, why, "");
        }

        public static Verdict red(String why, String whatToDo) {
            return new Verdict(State.RED, why, whatToDo);
        }
    }
}
