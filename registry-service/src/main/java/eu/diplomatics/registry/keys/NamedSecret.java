package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.registry.keys.KeyState.State;
import eu.diplomatics.registry.keys.KeyState.Version;
import java.util.List;
import java.util.Optional;

/** A key that lies in the keyring under its name. */
final class NamedSecret implements KeyType {
    private final String name;
    private final Keyring keyring;
    private final String rotatedBy;

    /** @param rotatedBy the kind of operation that makes its next version */
    NamedSecret(String name, Keyring keyring, String rotatedBy) {
        this.name = name;
        this.keyring = keyring;
        this.rotatedBy = rotatedBy;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> rotatedBy() {
        return Optional.of(rotatedBy);
    }

    @Override
    public List<Version> versions() {
        List<SecretVersion> versions = keyring.secretVersions(name);
        return versions.reversed().stream()
                .map(version -> new Version(
                        version.name(),
                        version.madeAt(),
                        version.equals(versions.getLast()) ? State.ACTIVE : State.DEACTIVATED))
                .toList();
    }
}
