package eu.diplomatics.golive;

import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database as one role of a service reaches it.
 *
 * @param name such as {@code eventstore}
 * @param url as configured
 * @param mayChange what the role may change, as {@code table PRIVILEGE}; null for a role whose own data these are, or whose
 *     tables come with time
 */
public record CheckedDatabase(
        String name,
        String role,
        DataSource source,
        String url,
        @Nullable Set<String> mayChange) {
    @Override
    public String toString() {
        return "CheckedDatabase[" + name + ", " + role + "]";
    }
}
