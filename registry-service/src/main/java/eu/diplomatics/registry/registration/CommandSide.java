package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.TagVersions;
import eu.diplomatics.eventstore.axon.AxonEventStore;
import eu.diplomatics.eventstore.axon.SealedEventStorageEngine;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.taxonomy.Admission;
import eu.diplomatics.vault.EventVault;
import java.util.Objects;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.commandhandling.CommandBus;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.commandhandling.configuration.CommandHandlingModule;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Axon's command bus and the handlers behind it, wired by hand. */
@Configuration(proxyBeanMethods = false)
class CommandSide {
    private static final MessageType ANSWER = new MessageType("eu.diplomatics", "CommandAnswered", "1");

    @Bean
    ClaimsInFlight claimsInFlight() {
        return new ClaimsInFlight();
    }

    @Bean
    Recorded recorded(EventReader reader, EventVault vault) {
        return new Recorded(reader, vault);
    }

    @Bean
    Registrations registrations(
            Commands commands,
            Admission admission,
            EventReader reader,
            EventVault vault,
            Keyring keyring,
            TagVersions tagVersions,
            Recorded recorded) {
        return new Registrations(commands, admission, reader, vault, new References(keyring, tagVersions), recorded);
    }

    @Bean(destroyMethod = "close")
    SealedEventStorageEngine storageEngine(
            EventLog log, EventReader reader, Keyring keyring, EventVault vault, KeyGenerations generations) {
        return new SealedEventStorageEngine(log, reader, new DomainVault(keyring, vault, generations));
    }

    @Bean
    RegistrationHandler registration(
            EventLog log,
            EventReader reader,
            Keyring keyring,
            EventVault vault,
            HolderIndex index,
            ClaimsInFlight inFlight,
            KeyGenerations generations,
            TagVersions tagVersions) {
        return new RegistrationHandler(
                log,
                reader,
                keyring,
                vault,
                new Holders(index, reader, vault),
                inFlight,
                generations,
                new References(keyring, tagVersions));
    }

    @Bean(initMethod = "start", destroyMethod = "shutdown")
    AxonConfiguration axon(SealedEventStorageEngine engine, RegistrationHandler registration) {
        return AxonEventStore.configurer(engine)
                .registerCommandHandlingModule(CommandHandlingModule.named("qualification")
                        .commandHandlers()
                        .commandHandler(
                                Commands.REGISTER,
                                configuration -> (command, context) -> answer(new RegistrationOutcomes(
                                        registration.handle(payload(command, PreparedRegistrations.class)))))
                        .commandHandler(Commands.CHANGE, configuration -> {
                            ChangeHandler change = new ChangeHandler(configuration.getComponent(EventStore.class));
                            return (command, context) ->
                                    answer(change.handle(payload(command, ChangeQualification.class), context));
                        }))
                .build();
    }

    @Bean
    Commands commands(AxonConfiguration axon, RegistrationHandler registration) {
        return new Commands(axon.getComponent(CommandBus.class), registration::prepare);
    }

    private static <T> T payload(CommandMessage command, Class<T> type) {
        return type.cast(Objects.requireNonNull(command.payload()));
    }

    private static MessageStream.Single<CommandResultMessage> answer(Object payload) {
        return MessageStream.just(new GenericCommandResultMessage(ANSWER, payload));
    }
}
