package eu.diplomatics.query.projection;

import eu.diplomatics.query.freshness.Freshness;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * UP when the projection follows and nothing is set aside. DEGRADED still answers, some or all from the store, or less
 * fresh.
 */
final class ProjectionHealth implements HealthIndicator {
    static final Status DEGRADED = new Status("DEGRADED");
    private static final String SET_ASIDE = """
            SELECT (SELECT count(*) FROM projection.parked_stream)
                 + (SELECT count(*) FROM projection.unattributed_record WHERE NOT resolved)
            """;

    private final JdbcTemplate jdbc;
    private final Projector projector;
    private final Freshness freshness;

    ProjectionHealth(ProjectionDatabase database, Projector projector, Freshness freshness) {
        this.jdbc = database.jdbc();
        this.projector = projector;
        this.freshness = freshness;
    }

    @Override
    public Health health() {
        try {
            Long setAside = jdbc.queryForObject(SET_ASIDE, Long.class);
            boolean well = projector.state() == Projector.State.CONSUMING && setAside != null && setAside == 0;
            return Health.status(well ? Status.UP : DEGRADED)
                    .withDetail("projector", projector.state().name())
                    .withDetail("setAside", setAside == null ? 0 : setAside)
                    .withDetail("projected", freshness.current().position())
                    .build();
        } catch (DataAccessException down) {
            return Health.status(DEGRADED)
                    .withDetail("projector", projector.state().name())
                    .withDetail("database", "DOWN")
                    .build();
        }
    }
}
