package eu.diplomatics.quickstart.bench;

import com.zaxxer.hikari.HikariDataSource;
import eu.diplomatics.local.LocalPostgres;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.axonframework.conversion.json.JacksonConverter;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine.AppendTransaction;
import org.axonframework.eventsourcing.eventstore.GenericTaggedEventMessage;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateBasedJpaEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateEventEntry;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.unitofwork.transaction.Transaction;
import org.axonframework.messaging.core.unitofwork.transaction.TransactionManager;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.conversion.DelegatingEventConverter;
import org.axonframework.messaging.eventstreaming.Tag;
import org.hibernate.boot.model.TypeContributions;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.service.ServiceRegistry;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.jdbc.BinaryJdbcType;

/**
 * The same events by Axon's own JPA engine of the same version: in clear, one unique index for a stream's versions and one
 * for ids, positions from a sequence. It seals nothing, keeps no leaf and checks no second reference.
 */
final class AxonJpaAppends implements AutoCloseable {
    private static final int CONNECTIONS = 33;
    private static final int ROWS_PER_COMMAND = 500;
    private static final MessageType TYPE = new MessageType("eu.diplomatics", "QualificationRegistered", "1");

    private final HikariDataSource pool = new HikariDataSource();
    private final EntityManagerFactory factory;
    private final ThreadLocal<EntityManager> current = new ThreadLocal<>();
    private final AggregateBasedJpaEventStorageEngine engine;
    private final byte[] body = new byte[OurAppends.BODY_BYTES];

    AxonJpaAppends(LocalPostgres postgres) {
        ThreadLocalRandom.current().nextBytes(body);
        pool.setJdbcUrl(postgres.jdbcUrl("postgres"));
        pool.setUsername(postgres.superuser().username());
        pool.setPassword(postgres.superuser().password());
        pool.addDataSourceProperty("reWriteBatchedInserts", true);
        pool.setMaximumPoolSize(CONNECTIONS);
        factory = new HibernatePersistenceConfiguration("peer")
                .managedClass(AggregateEventEntry.class)
                .property("jakarta.persistence.nonJtaDataSource", pool)
                .property("hibernate.dialect", Bytea.class.getName())
                .property("hibernate.hbm2ddl.auto", "create")
                .property("hibernate.globally_quoted_identifiers", true)
                .property("hibernate.jdbc.batch_size", ROWS_PER_COMMAND)
                .createEntityManagerFactory();
        engine = new AggregateBasedJpaEventStorageEngine(
                () -> unclosed(Objects.requireNonNull(current.get())),
                new Transactions(),
                new DelegatingEventConverter(new JacksonConverter()),
                configuration -> configuration);
    }

    /** A column for the payload as everybody changes it: by default it would be a large object for each event. */
    public static final class Bytea extends PostgreSQLDialect {
        @Override
        protected String columnType(int sqlTypeCode) {
            return sqlTypeCode == SqlTypes.BLOB ? "bytea" : super.columnType(sqlTypeCode);
        }

        @Override
        public void contributeTypes(TypeContributions contributions, ServiceRegistry registry) {
            super.contributeTypes(contributions, registry);
            contributions
                    .getTypeConfiguration()
                    .getJdbcTypeRegistry()
                    .addDescriptor(Types.BLOB, BinaryJdbcType.INSTANCE);
        }
    }

    /** The engine closes what it is given before its transaction commits, as Spring's shared proxy lets it. */
    private static EntityManager unclosed(EntityManager manager) {
        return (EntityManager) Proxy.newProxyInstance(
                EntityManager.class.getClassLoader(),
                new Class<?>[] {EntityManager.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(manager, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private final class Transactions implements TransactionManager {
        @Override
        public Transaction startTransaction() {
            EntityManager manager = factory.createEntityManager();
            manager.getTransaction().begin();
            current.set(manager);
            return new Transaction() {
                @Override
                public void commit() {
                    manager.getTransaction().commit();
                    end();
                }

                @Override
                public void rollback() {
                    if (manager.isOpen()) {
                        manager.getTransaction().rollback();
                        end();
                    }
                }

                private void end() {
                    manager.close();
                    current.remove();
                }
            };
        }
    }

    /** Commands of 500 events, two at once as ours. */
    double bulk(Duration duration) throws Exception {
        return OurAppends.rate(2, duration, until -> append(ROWS_PER_COMMAND, until));
    }

    /** Each caller one event after the other. */
    double single(int callers, Duration duration) throws Exception {
        return OurAppends.rate(callers, duration, until -> append(1, until));
    }

    private long append(int rows, long until) {
        long done = 0;
        while (System.nanoTime() < until) {
            List<TaggedEventMessage<?>> events = new ArrayList<>(rows);
            for (int i = 0; i < rows; i++) {
                events.add(new GenericTaggedEventMessage<>(
                        new GenericEventMessage(TYPE, body),
                        Set.of(Tag.of("Qualification", UUID.randomUUID().toString()))));
            }
            AppendTransaction<?> transaction =
                    engine.appendEvents(AppendCondition.none(), null, events).join();
            transaction.commit(null).join();
            done += rows;
        }
        return done;
    }

    @Override
    public void close() {
        factory.close();
        pool.close();
    }
}
