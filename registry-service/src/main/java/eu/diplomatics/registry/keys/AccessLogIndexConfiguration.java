package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.AccessIndexRotation;
import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.registry.keys.KeyState.State;
import eu.diplomatics.registry.keys.KeyState.Version;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The access log's index keys as far as they are this service's: when they are due, our half, and that a version is asked
 * for. The custodian's half is the query side's alone.
 */
@Configuration(proxyBeanMethods = false)
class AccessLogIndexConfiguration {
    /** What the query side lets pass between two looks, and may wait for the sites; a failed run is tried a few times. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Bean
    AccessIndexVersions accessIndexVersions(Keyring keyring, InstantSource clock) {
        return new AccessIndexVersions(keyring, clock);
    }

    @Bean
    KeyOperation accessLogIndexOperation(Keyring keyring, AccessIndexVersions versions) {
        return new AccessLogIndexOperation(new AccessIndexRotation(keyring, versions, PATIENCE));
    }

    @Bean
    KeyType accessLogIndex(AccessIndexVersions versions) {
        return new KeyType() {
            @Override
            public String name() {
                return AccessLogIndexOperation.KIND;
            }

            @Override
            public Optional<String> rotatedBy() {
                return Optional.of(AccessLogIndexOperation.KIND);
            }

            @Override
            public List<Version> versions() {
                List<Version> inUse = new ArrayList<>();
                for (AccessIndexVersions.Version version : versions.read().reversed()) {
                    if (version.state() == AccessIndexVersions.State.CONFIRMED && version.confirmedAt() != null) {
                        State state = inUse.isEmpty() ? State.ACTIVE : State.DEACTIVATED;
                        inUse.add(new Version(version.custodianKey(), version.confirmedAt(), state));
                    }
                }
                return inUse;
            }
        };
    }

    /** Our half of a version goes when no row stands under it; the first one is the holders' too. */
    @Bean
    Retiring accessLogIndexKeys(Keyring keyring, AccessIndexVersions versions) {
        return new Retiring(AccessIndexVersions.OUR_HALF, () -> {
            Set<String> ended = versions.read().stream()
                    .filter(version -> version.state() == AccessIndexVersions.State.ENDED)
                    .map(version -> AccessIndexVersions.ourHalf(version.number()))
                    .collect(Collectors.toSet());
            return keyring.secretVersions(AccessIndexVersions.OUR_HALF).stream()
                    .filter(version -> ended.contains(version.name()))
                    .toList();
        });
    }
}
