package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.Keyring.SecretVersion;
import java.util.List;
import java.util.function.Supplier;

/**
 * Who knows when versions of a named secret have become superfluous; each is one bean. They go with the nightly rewrite.
 *
 * @param name the secret's, without a version
 * @param over versions that nothing was made with that is still needed, and nothing will be
 */
public record Retiring(String name, Supplier<List<SecretVersion>> over) {}
