package eu.diplomatics.registry.batch;

import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.NewKey;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The key of one job, while a unit of work on it runs: nothing of a job touches a disk unsealed. */
final class JobSeal implements AutoCloseable {
    private final DataKey key;

    private JobSeal(DataKey key) {
        this.key = key;
    }

    /** What is sealed; part of what each piece is bound to, so that no piece passes for another. */
    enum Piece {
        HEADER,
        ROWS,
        RESULTS
    }

    static JobSeal create(Keyring keyring, UUID job) {
        return of(keyring.create(List.of(NewKey.first(job, KeyRegime.JOB))).get(job), job);
    }

    static JobSeal open(Keyring keyring, UUID job) {
        return of(keyring.open(List.of(job)).get(job), job);
    }

    private static JobSeal of(@Nullable DataKey key, UUID job) {
        if (key == null) {
            throw new KeysUnavailableException("batch " + job + " has no key");
        }
        return new JobSeal(key);
    }

    byte[] seal(Piece piece, int number, byte[] plaintext) {
        return Cobblestone.seal(key.key(), context(piece, number), plaintext);
    }

    byte[] open(Piece piece, int number, byte[] sealed) {
        return Cobblestone.open(key.key(), context(piece, number), sealed);
    }

    private byte[] context(Piece piece, int number) {
        return Hmac.lengthPrefixed("batch", key.id().toString(), piece.name(), Integer.toString(number));
    }

    @Override
    public void close() {
        key.close();
    }
}
