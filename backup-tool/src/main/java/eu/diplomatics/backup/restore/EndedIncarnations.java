package eu.diplomatics.backup.restore;

import java.sql.SQLException;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of trees that ended with their incarnation, which no migration makes: they are made by the function that set
 * them aside in the source, so that rights, triggers and constraints are the same.
 */
final class EndedIncarnations {
    private static final Pattern CHECKPOINT = Pattern.compile("eventstore\\.checkpoint_of_([0-9]+)");
    private static final String ENDING = "UPDATE eventstore.head SET incarnation = ?";
    private static final String BEGIN =
            "SELECT eventstore.begin_incarnation(0, 'restore', (SELECT epoch FROM eventstore.head), ?, 0, '')";

    private EndedIncarnations() {}

    /**
     * In an empty event store; what the function puts into other tables is emptied with them.
     *
     * @param tables those of the generation
     */
    static void make(TargetDatabase target, Set<String> tables) throws SQLException {
        SortedSet<Integer> ended = new TreeSet<>();
        for (String table : tables) {
            Matcher matcher = CHECKPOINT.matcher(table);
            if (matcher.matches()) {
                ended.add(Integer.parseInt(matcher.group(1)));
            }
        }
        for (int incarnation : ended) {
            // the one that ends gives its number to the tables; an imported log does not begin with the first
            target.execute(ENDING, incarnation);
            target.execute(BEGIN, incarnation + 1);
        }
    }
}
