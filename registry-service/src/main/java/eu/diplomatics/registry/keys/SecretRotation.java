package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.SecretVersions;

/** Makes the next version of a key that lies in the keyring under its name; the ones before stay beside it. */
final class SecretRotation implements KeyOperation {
    private final String name;
    private final String description;
    private final Keyring keyring;

    SecretRotation(String name, String description, Keyring keyring) {
        this.name = name;
        this.description = description;
        this.keyring = keyring;
    }

    @Override
    public String kind() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void run(Run run) {
        // decided before it is made: one that was killed in between finds it made, and makes no further one
        String next = run.once(() -> SecretVersions.next(name, keyring.secretVersions(name)));
        run.step("make");
        keyring.secret(next).close();
    }
}
