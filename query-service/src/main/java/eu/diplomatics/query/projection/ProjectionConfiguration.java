package eu.diplomatics.query.projection;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.golive.Declared;
import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.inventory.ArtefactSource;
import eu.diplomatics.query.database.Pools;
import eu.diplomatics.query.freshness.Freshness;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The projection with its pools, one for writing it and one for answering from it. */
@Configuration(proxyBeanMethods = false)
class ProjectionConfiguration {
    /** Kept away from Spring's own handling of data sources: there are several, none is the main one. */
    record Databases(HikariDataSource projector, HikariDataSource reader) implements AutoCloseable {
        @Override
        public void close() {
            projector.close();
            reader.close();
        }
    }

    @Bean
    Databases projectionDatabases(ProjectionSettings settings) {
        Pools.migrate(settings.url(), settings.migrator(), "projection", "classpath:db/query");
        return new Databases(
                Pools.open("query-projector", settings.url(), settings.projector(), 4, Duration.ofSeconds(60)),
                Pools.open("query-reader", settings.url(), settings.reader(), 8, Duration.ofSeconds(3)));
    }

    @Bean
    CheckedDatabase checkedProjector(Databases databases, ProjectionSettings settings) {
        return new CheckedDatabase(
                "query", settings.projector().username(), databases.projector(), settings.url(), null);
    }

    @Bean
    CheckedDatabase checkedProjection(Databases databases, ProjectionSettings settings) {
        return new CheckedDatabase("query", settings.reader().username(), databases.reader(), settings.url(), Set.of());
    }

    @Bean
    ProjectionDatabase projectionDatabase(Databases databases) {
        return new ProjectionDatabase(databases.projector());
    }

    @Bean
    ParkedStreams parkedStreams(ProjectionDatabase database, EventReader store) {
        return new ParkedStreams(database, store);
    }

    @Bean
    ProjectionWriter projectionWriter(ProjectionDatabase database, EventReader store, Freshness freshness) {
        return new ProjectionWriter(database, store, freshness);
    }

    @Bean
    Projector projector(
            ProjectionDatabase database,
            ProjectionWriter writer,
            KafkaSettings kafka,
            KeyGenerations generations,
            Incarnations incarnations) {
        return new Projector(database, writer, new KafkaTopic(kafka), generations, incarnations);
    }

    @Bean
    GoLiveCondition kafkaTls(KafkaSettings kafka) {
        return Declared.kafkaTls(kafka.tls().isConfigured());
    }

    @Bean
    DriftCheck driftCheck(ProjectionDatabase database, EventReader store, ParkedStreams parked) {
        return new DriftCheck(database, store, parked);
    }

    @Bean
    Rebuild rebuild(
            ProjectionDatabase database,
            EventReader store,
            Freshness freshness,
            KeyGenerations generations,
            Incarnations incarnations) {
        return new Rebuild(database, store, freshness, generations, incarnations);
    }

    @Bean
    GenerationWatch generationWatch(
            ProjectionDatabase database, KeyGenerations generations, Incarnations incarnations) {
        return new GenerationWatch(database, generations, incarnations, InstantSource.system());
    }

    @Bean
    SealedRecords sealedRecords(
            Databases databases,
            EventReader store,
            Freshness freshness,
            ParkedStreams parked,
            GenerationWatch generation) {
        return new SealedRecords(databases.reader(), store, freshness, parked, generation);
    }

    @Bean
    ProjectionLife projectionLife(
            Projector projector, ParkedStreams parked, DriftCheck drift, Rebuild rebuild, GenerationWatch generation) {
        return new ProjectionLife(projector, parked, drift, rebuild, generation);
    }

    @Bean
    ArtefactSource projectionArtefacts(Databases databases) {
        return new ProjectionArtefacts(databases.projector());
    }

    @Bean
    ProjectionEndpoint projectionEndpoint(
            ProjectionDatabase database,
            Freshness freshness,
            Projector projector,
            DriftCheck drift,
            Rebuild rebuild,
            ProjectionLife life) {
        return new ProjectionEndpoint(database, freshness, projector, drift, rebuild, life);
    }

    @Bean
    RecordsHealth recordsHealthIndicator(ProjectionDatabase database, Projector projector, EventReader store) {
        return new RecordsHealth(database, projector, store);
    }

    @Bean
    ProjectionHealth projectionHealthIndicator(ProjectionDatabase database, Projector projector, Freshness freshness) {
        return new ProjectionHealth(database, projector, freshness);
    }
}
