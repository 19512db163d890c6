package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexRotation;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.registry.keys.KeyOperation;
import eu.diplomatics.registry.keys.KeyPeriods;
import eu.diplomatics.registry.keys.KeyState.State;
import eu.diplomatics.registry.keys.KeyState.Version;
import eu.diplomatics.registry.keys.KeyType;
import eu.diplomatics.registry.registration.ClaimsInFlight;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.LoneEvents;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What changes who somebody is, put together. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);

    @Bean
    Ends ends(HolderIndex index, EventReader reader, EventVault vault) {
        return new Ends(index, reader, vault);
    }

    @Bean
    People people(EventReader reader, EventVault vault) {
        return new People(reader, vault);
    }

    @Bean
    Appending appending(
            EventLog log, Keyring keyring, EventVault vault, ClaimsInFlight inFlight, KeyGenerations generations) {
        return new Appending(log, keyring, vault, inFlight, generations);
    }

    @Bean
    Linking linking(Ends ends, People people, Appending appending, EventReader reader) {
        return new Linking(ends, people, appending, reader);
    }

    @Bean
    Moving moving(Ends ends, People people, Appending appending) {
        return new Moving(ends, people, appending);
    }

    @Bean
    Owners owners(Ends ends, People people) {
        return new Owners(ends, people);
    }

    @Bean
    IndexRotation indexRotation(
            Keyring keyring,
            BlindIndex index,
            EventReader reader,
            EventVault vault,
            EventLog log,
            ShredLedger shredded,
            ClaimsInFlight inFlight) {
        return new IndexRotation(keyring, index, new HolderTerms(reader, vault, shredded), () -> {
            if (!inFlight.drain(DRAIN_LIMIT)) {
                throw new KeysUnavailableException("registrations under way do not end");
            }
            // only whoever writes the log knows what is still on its way there
            if (!log.isReady() || !log.holdsLog()) {
                throw new LogUnavailableException("the log is not this instance's to write");
            }
        });
    }

    @Bean
    Seeking seeking(HolderIndex index, People people, Ends ends, EventReader reader, LoneEvents events) {
        return new Seeking(index, people, ends, reader, events);
    }

    @Bean
    KeyOperation indexKeyOperation(IndexRotation rotation, HolderIndex index, KeyPeriods periods) {
        return new IndexKeyOperation(rotation, index, periods.indexByItself());
    }

    @Bean
    KeyType holderIndexKey(IndexRotation rotation) {
        return new KeyType() {
            @Override
            public String name() {
                return "holder-index";
            }

            @Override
            public List<Version> versions() {
                return List.of(
                        new Version(Integer.toString(rotation.current()), rotation.currentSince(), State.ACTIVE));
            }

            @Override
            public Optional<String> rotatedBy() {
                return Optional.of(IndexKeyOperation.KIND);
            }
        };
    }
}
