package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.Keyring.SecretVersion;
import java.util.List;
import java.util.function.Supplier;

/** Who knows when versions of a named secret have become superfluous; each is one bean. They go with the nightly rewrite. */
public interface Retiring {
    /** The secret's name, without a version. */
    String name();

    /** Versions that nothing was made with that is still needed, and nothing will be. */
    List<SecretVersion> over();

    /** By name and what tells the versions. */
    static Retiring of(String name, Supplier<List<SecretVersion>> over) {
        return new Retiring() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<SecretVersion> over() {
                return over.get();
            }
        };
    }
}
