package eu.diplomatics.eventstore.axon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.EventStoreFixture;
import eu.diplomatics.eventstore.StoredEvent;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.EventStoreTransaction;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.messaging.commandhandling.CommandBus;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandMessage;
import org.axonframework.messaging.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.commandhandling.configuration.CommandHandlingModule;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.Tag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From a command bus through sourcing, deciding and appending to the log, as a service wires it. */
class AxonWiringTest {
    private static final QualifiedName CORRECT = new QualifiedName("eu.diplomatics", "CorrectQualification");
    private static final int LIMIT = 40;

    private final ProxySelector usual = ProxySelector.getDefault();
    private final Queue<URI> connections = new ConcurrentLinkedQueue<>();
    private final EventStoreFixture store = EventStoreFixture.create();
    private final EventReader reader = store.openReader();
    private final SealedEventStorageEngine engine =
            new SealedEventStorageEngine(store.openLog(), reader, new SealingVault());
    private final AxonConfiguration axon = AxonEventStore.configurer(engine)
            .registerCommandHandlingModule(CommandHandlingModule.named("qualification")
                    .commandHandlers()
                    .commandHandler(CORRECT, configuration -> this::correct))
            .build();

    @BeforeEach
    void start() {
        ProxySelector.setDefault(new Recording(connections));
        axon.start();
    }

    @AfterEach
    void stop() {
        axon.shutdown();
        engine.close();
        store.close();
        ProxySelector.setDefault(usual);
    }

    /** Sources the stream, decides (no more than {@value #LIMIT} corrections), appends the next version. */
    private MessageStream.Single<CommandResultMessage> correct(CommandMessage command, ProcessingContext context) {
        UUID stream = UUID.fromString(String.valueOf(command.payload()));
        EventStoreTransaction transaction = context.component(EventStore.class).transaction(context);
        long version = transaction
                .source(SourcingCondition.conditionFor(
                        EventCriteria.havingTags(Tag.of(Placement.STREAM_TAG, stream.toString()))))
                .reduce(0L, (count, entry) -> count + 1)
                .join();
        if (version == LIMIT) {
            return MessageStream.just(new GenericCommandResultMessage(new MessageType("Refused"), "refused"));
        }
        Map<String, String> placement =
                new Placement(stream, version + 1, UUID.randomUUID(), UUID.randomUUID()).asMetadata();
        transaction.appendEvent(
                new GenericEventMessage(new MessageType("QualificationCorrected"), "correction", placement));
        return MessageStream.just(new GenericCommandResultMessage(new MessageType("Done"), "done"));
    }

    private String dispatch(UUID stream) {
        CommandMessage command = new GenericCommandMessage(new MessageType(CORRECT), stream.toString());
        return String.valueOf(axon.getComponent(CommandBus.class)
                .dispatch(command, null)
                .orTimeout(60, TimeUnit.SECONDS)
                .join()
                .payload());
    }

    @Test
    void aCommandSourcesDecidesAndAppends() {
        UUID stream = UUID.randomUUID();

        assertThat(dispatch(stream)).isEqualTo("done");
        assertThat(dispatch(stream)).isEqualTo("done");

        assertThat(reader.stream(stream))
                .extracting(stored -> stored.context().version())
                .containsExactly(1L, 2L);
    }

    @Test
    void concurrentCommandsOnOneStreamAreRejectedAndSucceedWhenRetried() throws Exception {
        UUID stream = UUID.randomUUID();
        AtomicInteger rejected = new AtomicInteger();
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < LIMIT + 5; i++) {
                done.add(callers.submit(() -> dispatchUntilDecided(stream, rejected)));
            }
            for (Future<?> future : done) {
                future.get(60, TimeUnit.SECONDS);
            }
        }

        assertThat(reader.stream(stream))
                .extracting(StoredEvent::context)
                .extracting(context -> context.version())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, LIMIT).boxed().toList());
        assertThat(rejected).hasPositiveValue();
    }

    private void dispatchUntilDecided(UUID stream, AtomicInteger rejected) {
        for (boolean again = true; again; ) {
            try {
                dispatch(stream);
                again = false;
            } catch (CompletionException e) {
                assertThat(AxonEventStore.isRejected(e)).isTrue();
                rejected.incrementAndGet();
            }
        }
    }

    @Test
    void nothingCallsOut() {
        dispatch(UUID.randomUUID());

        store.openReader().head();

        assertThat(connections)
                .as("all connections, of which the database's show that they are seen")
                .isNotEmpty()
                .allSatisfy(uri -> assertThat(uri.getHost()).isEqualTo("127.0.0.1"));
        assertThatThrownBy(() -> Class.forName("org.axonframework.update.UpdateChecker"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    /** Sees every connection that is about to be made, by HTTP or by a plain socket. */
    private static final class Recording extends ProxySelector {
        private final Queue<URI> connections;

        Recording(Queue<URI> connections) {
            this.connections = connections;
        }

        @Override
        public List<Proxy> select(URI uri) {
            connections.add(uri);
            return List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException e) {
            connections.add(uri);
        }
    }
}
