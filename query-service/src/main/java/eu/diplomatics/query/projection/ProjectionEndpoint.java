package eu.diplomatics.query.projection;

import eu.diplomatics.query.freshness.FreshAsOf;
import eu.diplomatics.query.freshness.Freshness;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * For operators: how the projection stands; {@code rebuild} makes it anew from the store, {@code drift-check} compares
 * all of it with the store.
 */
@Endpoint(id = "projection")
final class ProjectionEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionEndpoint.class);

    private final ProjectionDatabase database;
    private final Freshness freshness;
    private final Projector projector;
    private final DriftCheck drift;
    private final Rebuild rebuild;
    private final ProjectionLife life;

    ProjectionEndpoint(
            ProjectionDatabase database,
            Freshness freshness,
            Projector projector,
            DriftCheck drift,
            Rebuild rebuild,
            ProjectionLife life) {
        this.database = database;
        this.freshness = freshness;
        this.projector = projector;
        this.drift = drift;
        this.rebuild = rebuild;
        this.life = life;
    }

    /** How the projection stands. */
    record Standing(
            FreshAsOf projected,
            String projector,
            long parked,
            Map<String, Long> parkedByReason,
            long unattributed,
            List<PartitionSeen> partitions,
            DriftCheck.State drift,
            boolean rebuilding) {}

    @ReadOperation
    public Standing standing() {
        Map<String, Long> reasons = new TreeMap<>();
        database.jdbc().query("SELECT reason, count(*) FROM projection.parked_stream GROUP BY reason", row -> {
            reasons.put(row.getString(1), row.getLong(2));
        });
        Long unattributed = database.jdbc()
                .queryForObject("SELECT count(*) FROM projection.unattributed_record WHERE NOT resolved", Long.class);
        return new Standing(
                freshness.current(),
                projector.state().name(),
                reasons.values().stream().mapToLong(Long::longValue).sum(),
                reasons,
                unattributed == null ? 0 : unattributed,
                Positions.partitions(database.jdbc()),
                drift.state(),
                rebuild.isRunning());
    }

    @WriteOperation
    public WebEndpointResponse<Object> act(@Selector String action) {
        return switch (action) {
            case "rebuild" -> startRebuild();
            case "drift-check" -> new WebEndpointResponse<>(drift.everything(), WebEndpointResponse.STATUS_OK);
            default -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        };
    }

    private WebEndpointResponse<Object> startRebuild() {
        if (rebuild.isRunning()) {
            return new WebEndpointResponse<>(Map.of("state", "RUNNING"), WebEndpointResponse.STATUS_OK);
        }
        CompletableFuture<Long> running = life.rebuild();
        running.whenComplete((position, failure) -> {
            if (failure != null) {
                LOG.error("rebuild failed: {}", failure.getClass().getName());
            }
        });
        return new WebEndpointResponse<>(Map.of("state", "STARTED"), WebEndpointResponse.STATUS_OK);
    }
}
