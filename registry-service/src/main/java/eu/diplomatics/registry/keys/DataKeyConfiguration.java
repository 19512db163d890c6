package eu.diplomatics.registry.keys;

import eu.diplomatics.generation.Pace;
import eu.diplomatics.generation.Reencryption;
import eu.diplomatics.generation.ReencryptionState;
import eu.diplomatics.keyring.OldGenerations;
import eu.diplomatics.registry.keys.KeyState.State;
import eu.diplomatics.registry.keys.KeyState.Version;
import eu.diplomatics.registry.relay.Relay;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Generations of data keys, as a type of key and as the operation that makes the next one. */
@Configuration(proxyBeanMethods = false)
class DataKeyConfiguration {
    /** No answer takes so long from reading its rows to opening them. */
    private static final Duration LEEWAY = Duration.ofSeconds(30);

    @Bean
    KeyOperation dataKeyRotation(
            Reencryption reencryption, Relay relay, OldGenerations oldGenerations, InstantSource clock, Pace pace) {
        return new DataKeyRotation(reencryption, relay, oldGenerations, clock, LEEWAY, pace);
    }

    @Bean
    KeyType dataKeys(Reencryption reencryption) {
        return new KeyType() {
            @Override
            public String name() {
                return DataKeyRotation.KIND;
            }

            @Override
            public List<Version> versions() {
                ReencryptionState newest = reencryption.state();
                boolean oldIsThere = newest.isUnderWay() && newest.switchedAt() != null;
                List<Version> versions = new ArrayList<>();
                for (Map.Entry<Integer, Instant> made :
                        reencryption.madeAt().reversed().entrySet()) {
                    if (versions.isEmpty() || versions.size() == 1 && oldIsThere) {
                        State state = versions.isEmpty() ? State.ACTIVE : State.DEACTIVATED;
                        versions.add(new Version(made.getKey().toString(), made.getValue(), state));
                    }
                }
                return versions;
            }

            @Override
            public Optional<String> rotatedBy() {
                return Optional.of(DataKeyRotation.KIND);
            }
        };
    }
}
