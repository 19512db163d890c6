package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.DataAccessException;

/**
 * Whether records can be answered: from the projection once it holds what the store held when this service first
 * started, else from the store.
 */
final class RecordsHealth implements HealthIndicator {
    private final ProjectionDatabase database;
    private final Projector projector;
    private final EventReader store;

    RecordsHealth(ProjectionDatabase database, Projector projector, EventReader store) {
        this.database = database;
        this.projector = projector;
        this.store = store;
    }

    @Override
    public Health health() {
        try {
            if (!projector.hasStarted()) {
                return Health.outOfService().withDetail("projection", "FILLING").build();
            }
            database.jdbc().queryForObject("SELECT 1", Integer.class);
            return Health.up().build();
        } catch (DataAccessException down) {
            return storeAnswers()
                    ? Health.status(ProjectionHealth.DEGRADED).build()
                    : Health.status(Status.DOWN).build();
        }
    }

    private boolean storeAnswers() {
        try {
            return store.head().position() >= 0;
        } catch (LogUnavailableException down) {
            return false;
        }
    }
}
