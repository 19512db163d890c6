package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.RotationWatch;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One kind of work on keys, such as a rotation. Each kind is one bean; an operator or the scheduler asks for it by its
 * name, and the runner runs it, never two of any kind at the same time, whatever the number of instances. While one waits
 * for something that is away others may come to their end.
 */
public interface KeyOperation {
    /** Stable name: lower case, digits and hyphens, at most 40 characters. */
    String kind();

    /** One line for operators. */
    String description();

    /** The arguments it takes, all optional texts; others are refused. */
    default Set<String> arguments() {
        return Set.of();
    }

    /**
     * The argument whose value cannot be used, to be asked before the work is accepted.
     *
     * @param arguments of {@link #arguments}
     */
    default Optional<String> unusable(Map<String, String> arguments) {
        return Optional.empty();
    }

    /** Whether the scheduler may ask for it when its key is due; where not, that is the operators' to begin. */
    default boolean runsByItself() {
        return true;
    }

    /** Whether the scheduler should ask for it now; for work that no key's age asks for. Asked every few seconds. */
    default boolean isDue(Instant now) {
        return false;
    }

    /**
     * Does the work, to its end. After a kill or a failure it is called again for the same operation, on any instance,
     * and goes on where it was: what is done must be found durable in the databases it works on.
     *
     * @throws eu.diplomatics.keyring.KeysUnavailableException when something is away; called again a little later, without
     *     end
     * @throws RuntimeException anything else; called again a few times, then the operation has failed. The message is not
     *     kept, except that of a {@link KeyOperationException}
     */
    void run(Run run);

    /** What the operation is told and says while it runs. */
    interface Run extends RotationWatch {
        UUID id();

        /** By name; only those given. */
        Map<String, String> arguments();

        /**
         * What this operation is about, decided once: the first decision is durable before this returns, and whoever goes
         * on after a kill is told the same. So that work whose end was not noted is not begun once more.
         *
         * @param decision gives at most 200 characters, nothing secret; not asked when it was before
         */
        String once(Supplier<String> decision);

        /** @throws StoppedException see {@link #progress} */
        @Override
        void step(String name);

        /**
         * The time it still takes is estimated from that.
         *
         * @throws StoppedException when the service stops, or another instance may be at it: nothing more may be done
         */
        @Override
        void progress(long done, long total);
    }

    /** The work has to end here; it is taken up again. Let it pass through. */
    final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException(String message) {
            super(message);
        }
    }
}
