package eu.diplomatics.custodian;

import java.io.PrintStream;
import java.util.Map;
import java.util.Set;

/**
 * One command of the command line.
 *
 * @param summary one line
 * @param help what {@code --help} adds
 */
record Command(
        String name,
        String arguments,
        String summary,
        String help,
        Set<String> required,
        Set<String> optional,
        Set<String> repeated,
        Action action) {
    /** Where a command reads passwords and writes what it found. */
    record Console(Map<String, String> environment, PrintStream out, PrintStream err) {}

    /** Returns the exit status. */
    interface Action {
        int run(Options options, Console console);
    }

    Command(String name, String arguments, String summary, String help, Set<String> required, Action action) {
        this(name, arguments, summary, help, required, Set.of(), Set.of(), action);
    }

    String usage() {
        return "custodian " + name + " " + arguments;
    }
}
