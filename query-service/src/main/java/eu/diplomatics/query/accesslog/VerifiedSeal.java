package eu.diplomatics.query.accesslog;

import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import eu.diplomatics.query.seal.Seal;
import eu.diplomatics.query.seal.Seal.Cosignature;
import eu.diplomatics.query.seal.Seal.Signature;
import eu.diplomatics.query.seal.Seal.Tree;
import eu.diplomatics.query.seal.Seal.Witness;
import eu.diplomatics.query.seal.SealWatch;
import eu.diplomatics.sealing.AccessLeaves;
import eu.diplomatics.sealing.Checkpoints;
import eu.diplomatics.sealing.Checkpoints.Stored;
import eu.diplomatics.sealing.Cosigner;
import eu.diplomatics.sealing.SealerState;
import eu.diplomatics.sealing.VersionedCheckpointKeys;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.VerifiedSignature;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Verifies the newest checkpoint as it lies in the database, by the log's keys and the witness's. */
final class VerifiedSeal implements SealWatch {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final DataSource log;
    private final VersionedCheckpointKeys keys;
    private final Supplier<SealerState> sealer;
    private final Optional<Watched> witness;

    /** @param key of the witness, which came from the controller */
    record Watched(VerifierKey key, Cosigner cosigner) {}

    VerifiedSeal(
            DataSource log, VersionedCheckpointKeys keys, Supplier<SealerState> sealer, Optional<Watched> witness) {
        this.log = log;
        this.keys = keys;
        this.sealer = sealer;
        this.witness = witness;
    }

    @Override
    public Seal look() {
        List<VerifierKey> own = keys.verifierKeys();
        SealerState state = sealer.get();
        try (Connection connection = log.getConnection()) {
            Checkpoints checkpoints = new Checkpoints(connection, new AccessLeaves().schema());
            Stored last = checkpoints.last().orElse(null);
            byte[] note = last == null ? null : checkpoints.cosigned(last);
            return new Seal(
                    new Tree(
                            keys.origin(),
                            signature(own, last, note),
                            last == null ? 0 : last.size(),
                            last == null ? null : last.sealedAt(),
                            state.waiting(),
                            state.overdue(),
                            state.halted().map(Enum::name).orElse(null),
                            own.stream().map(VerifierKey::text).toList(),
                            note == null ? null : new String(note, StandardCharsets.UTF_8)),
                    witness.map(watched -> said(watched, note)).orElse(null),
                    null);
        } catch (SQLException e) {
            throw ProblemException.later(ProblemCode.LOG_UNAVAILABLE, "The access log cannot be read.", RETRY_AFTER);
        }
    }

    private static Signature signature(List<VerifierKey> own, @Nullable Stored last, byte @Nullable [] note) {
        if (last == null || note == null) {
            return Signature.NONE;
        }
        try {
            return new CheckpointVerifier(own, List.of(), 0).verify(note).head().equals(last.head())
                    ? Signature.VALID
                    : Signature.INVALID;
        } catch (NoteException e) {
            return Signature.INVALID;
        }
    }

    private static Witness said(Watched watched, byte @Nullable [] note) {
        String key = watched.key().text();
        if (note != null) {
            try {
                List<VerifiedSignature> held = SignedNote.parse(note).verify(List.of(watched.key()));
                if (!held.isEmpty()) {
                    Instant at = held.getFirst().time().orElse(null);
                    return new Witness(key, Cosignature.VALID, at);
                }
            } catch (NoteException e) {
                return new Witness(key, Cosignature.INVALID, null);
            }
        }
        return new Witness(
                key,
                switch (watched.cosigner().state().trouble()) {
                    case NONE -> Cosignature.WAITING;
                    case UNREACHABLE -> Cosignature.UNREACHABLE;
                    case REFUSED -> Cosignature.REFUSED;
                    case CONTRADICTED -> Cosignature.CONTRADICTED;
                },
                null);
    }
}
