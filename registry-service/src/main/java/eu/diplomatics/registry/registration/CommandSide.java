package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.vault.EventVault;
import java.util.List;
import java.util.Objects;
import org.axonframework.messaging.commandhandling.CommandBus;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.commandhandling.SimpleCommandBus;
import org.axonframework.messaging.core.EmptyApplicationContext;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.unitofwork.SimpleUnitOfWorkFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Axon's command bus and the handlers behind it, wired by hand. */
@Configuration(proxyBeanMethods = false)
class CommandSide {
    private static final MessageType ANSWER = new MessageType("eu.diplomatics", "CommandAnswered", "1");

    @Bean
    Recorded recorded(EventReader reader, EventVault vault) {
        return new Recorded(reader, vault);
    }

    @Bean
    CommandBus commandBus(EventLog log, EventReader reader, Keyring keyring, EventVault vault, BlindIndex index) {
        RegistrationHandler registration =
                new RegistrationHandler(log, reader, keyring, vault, new Holders(index, keyring, reader, vault));
        ChangeHandler change = new ChangeHandler(log, reader, keyring, vault);
        return new SimpleCommandBus(new SimpleUnitOfWorkFactory(EmptyApplicationContext.INSTANCE), List.of())
                .subscribe(
                        Commands.REGISTER,
                        (command, context) -> answer(new RegistrationOutcomes(
                                registration.handle(payload(command, RegisterQualifications.class)))))
                .subscribe(
                        Commands.CHANGE,
                        (command, context) -> answer(change.handle(payload(command, ChangeQualification.class))));
    }

    @Bean
    Commands commands(CommandBus bus) {
        return new Commands(bus);
    }

    private static <T> T payload(CommandMessage command, Class<T> type) {
        return type.cast(Objects.requireNonNull(command.payload()));
    }

    private static MessageStream.Single<CommandResultMessage> answer(Object payload) {
        return MessageStream.just(new GenericCommandResultMessage(ANSWER, payload));
    }
}
