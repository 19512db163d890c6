package eu.diplomatics.golive;

import eu.diplomatics.golive.RoleRights.Right;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service starts only with roles that are no stronger than documented (R07): a mistake in a grant is seen before it is used. */
public final class RolesAtStart {
    private static final Logger LOG = LoggerFactory.getLogger(RolesAtStart.class);
    private static final Set<String> CONNECTION_CLASSES = Set.of("08", "53", "57");

    private RolesAtStart() {}

    /**
     * Looks at every role that its database answers.
     *
     * <p>A special attribute, a membership or an owned object is refused everywhere; another right that is not documented is
     * refused where real people's data are, and logged elsewhere, where somebody may be about to write the next migration.
     * A database that does not answer is not waited for: until it was looked at, the condition {@code database-roles} is not
     * green.
     *
     * @param insecure whether the profile of that name is on
     * @throws IllegalStateException when a role is too strong; it names each
     */
    public static void require(List<CheckedDatabase> databases, boolean insecure) {
        List<String> refused = new ArrayList<>();
        for (CheckedDatabase database : databases) {
            for (Right right : beyondDocumented(database)) {
                if (insecure && !right.object().equals("role")) {
                    LOG.error("database {}: not documented: {}", database.name(), right);
                } else {
                    refused.add(right + " (database " + database.name() + ")");
                }
            }
        }
        if (!refused.isEmpty()) {
            throw new IllegalStateException("roles are stronger than documented: " + String.join("; ", refused)
                    + "\nHINT: revoke it; docs/database-roles.md says what each role may do");
        }
    }

    private static Set<Right> beyondDocumented(CheckedDatabase database) {
        try (Connection connection = database.source().getConnection()) {
            return RoleRights.beyondDocumented(connection);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.length() == 5 && !CONNECTION_CLASSES.contains(state.substring(0, 2))) {
                throw new IllegalStateException(
                        "role " + database.role() + " of database " + database.name() + " cannot be checked (" + state
                                + ")",
                        e);
            }
            LOG.warn("database {} does not answer: role {} was not checked", database.name(), database.role());
            return Set.of();
        }
    }
}
