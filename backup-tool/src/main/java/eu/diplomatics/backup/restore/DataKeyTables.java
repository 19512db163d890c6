package eu.diplomatics.backup.restore;

import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tables of ciphertexts, one for each generation of data keys, which no migration makes: they are made by the
 * functions that made them in the source, so that rights, storage and the view that follows them are the same.
 */
final class DataKeyTables {
    private static final Pattern CIPHERTEXT = Pattern.compile("eventstore\\.ciphertext_([0-9]+)");

    private DataKeyTables() {}

    /**
     * In an empty event store.
     *
     * @param tables those of the generation
     * @param current which generation of data keys was in use
     */
    static void make(TargetDatabase target, Set<String> tables, int current) throws SQLException {
        Set<Integer> wanted = tables.stream()
                .map(CIPHERTEXT::matcher)
                .filter(Matcher::matches)
                .map(matcher -> Integer.parseInt(matcher.group(1)))
                .collect(Collectors.toSet());
        for (int generation = 1; generation < current; generation++) {
            target.execute("SELECT eventstore.begin_reencryption()");
            target.execute("SELECT eventstore.switch_generation(" + (generation + 1) + ")");
            if (!wanted.contains(generation)) {
                target.execute("SELECT eventstore.drop_generation(" + generation + ")");
            }
        }
        if (wanted.contains(current + 1)) {
            target.execute("SELECT eventstore.begin_reencryption()");
        }
    }
}
