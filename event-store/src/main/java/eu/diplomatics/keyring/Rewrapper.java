package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.KekSource.Kek;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Takes keys out from under the KEKs they stand under and puts them under another. Thread-safe. */
final class Rewrapper implements AutoCloseable {
    private final Map<UUID, SecretBytes> old = new HashMap<>();
    private final Kek next;
    private final Set<UUID> shredded;

    /** Closes the KEKs with itself. Rows of {@code shredded} streams are left out. */
    Rewrapper(Set<UUID> shredded, List<Kek> old, Kek next) {
        old.forEach(kek -> this.old.put(kek.id(), kek.key()));
        this.next = next;
        this.shredded = Set.copyOf(shredded);
    }

    /** @throws KeyTamperedException when one does not open in its place */
    List<KeyRow> rewrap(List<KeyRow> rows) {
        List<KeyRow> rewrapped = new ArrayList<>(rows.size());
        for (KeyRow row : rows) {
            if (!shredded.contains(row.id())) {
                rewrapped.add(rewrap(row));
            }
        }
        return rewrapped;
    }

    private KeyRow rewrap(KeyRow row) {
        KeyRegime regime = KeyRegime.valueOf(row.regime());
        byte[] was = KeyContext.dataKey(row.id(), regime, row.generation(), row.kek());
        try (SecretBytes key = open(row.kek(), was, row.wrapped())
                .orElseThrow(() -> new KeyTamperedException(row.id().toString()))) {
            byte[] is = KeyContext.dataKey(row.id(), regime, row.generation(), next.id());
            return new KeyRow(row.id(), row.generation(), row.regime(), next.id(), KekCipher.seal(next.key(), is, key));
        }
    }

    /** A named secret, sealed under the new KEK. */
    byte[] rewrap(String name, UUID kek, byte[] wrapped) {
        try (SecretBytes secret =
                open(kek, KeyContext.secret(name, kek), wrapped).orElseThrow(() -> new KeyTamperedException(name))) {
            return KekCipher.seal(next.key(), KeyContext.secret(name, next.id()), secret);
        }
    }

    private Optional<SecretBytes> open(UUID kek, byte[] context, byte[] wrapped) {
        return Optional.ofNullable(old.get(kek)).flatMap(key -> KekCipher.open(key, context, wrapped));
    }

    @Override
    public void close() {
        old.values().forEach(SecretBytes::close);
        next.key().close();
    }
}
