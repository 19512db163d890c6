package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.axon.AxonEventStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.axonframework.messaging.commandhandling.CommandBus;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.QualifiedName;

/**
 * Sends commands over Axon's bus and waits for what becomes of them. Commands on one qualification are not put in a row
 * there: who loses a race is told so, and decides anew.
 */
public final class Commands {
    static final QualifiedName REGISTER = new QualifiedName("eu.diplomatics", "RegisterQualifications");
    static final QualifiedName CHANGE = new QualifiedName("eu.diplomatics", "ChangeQualification");
    private static final String VERSION = "1";
    private static final int MAX_ATTEMPTS = 10;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final CommandBus bus;
    private final Function<RegisterQualifications, PreparedRegistrations> preparing;

    Commands(CommandBus bus, Function<RegisterQualifications, PreparedRegistrations> preparing) {
        this.bus = bus;
        this.preparing = preparing;
    }

    /**
     * Does what of the command needs not wait for its turn, on the caller's thread; commands can be prepared at the same
     * time, and one that is given up leaves nothing that counts.
     */
    public PreparedRegistrations prepare(RegisterQualifications command) {
        return preparing.apply(command);
    }

    /** One outcome for each row, in their order. */
    public List<RegistrationOutcome> register(PreparedRegistrations prepared) {
        return send(REGISTER, prepared, RegistrationOutcomes.class).outcomes();
    }

    /** One outcome for each row, in their order. */
    public List<RegistrationOutcome> register(RegisterQualifications command) {
        return register(prepare(command));
    }

    ChangeOutcome change(ChangeQualification command) {
        return send(CHANGE, command, ChangeOutcome.class);
    }

    private <R> R send(QualifiedName name, Object command, Class<R> answer) {
        for (int attempt = 1; ; attempt++) {
            try {
                CommandResultMessage result = await(
                        bus.dispatch(new GenericCommandMessage(new MessageType(name, VERSION), command), null),
                        ANSWER_LIMIT);
                return answer.cast(Objects.requireNonNull(result.payload()));
            } catch (CompletionException e) {
                if (!AxonEventStore.isRejected(e)) {
                    throw unwrapped(e);
                }
                if (attempt == MAX_ATTEMPTS) {
                    throw new LogUnavailableException("a change loses every race", false, e);
                }
            }
        }
    }

    /**
     * What the future comes to, within the limit.
     *
     * @throws LogUnavailableException when it comes to nothing until then; what was asked for may still happen
     */
    static <T> T await(CompletableFuture<T> outcome, Duration limit) {
        try {
            return outcome.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LogUnavailableException("the outcome is not known yet", false, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted before the outcome was known", false, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LogUnavailableException unavailable
                    ? unavailable
                    : new CompletionException(e.getCause());
        }
    }

    /** Axon wraps what a handler throws; ours says itself what it is. */
    private static RuntimeException unwrapped(CompletionException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getClass().getName().startsWith("org.axonframework")
                || cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RuntimeException own ? own : failure;
    }
}
