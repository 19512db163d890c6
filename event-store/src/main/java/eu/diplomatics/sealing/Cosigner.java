package eu.diplomatics.sealing;

import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TreeException;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.HttpWitness;
import eu.diplomatics.witness.HttpWitness.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Shows a witness the newest checkpoint and keeps its cosignature. Sealing never waits for a witness: while it is away
 * checkpoints go without, and the first one it sees again covers all before.
 */
public final class Cosigner {
    private static final Logger LOG = LoggerFactory.getLogger(Cosigner.class);
    private static final Marker ALARM = MarkerFactory.getMarker("ALARM");

    private final DataSource log;
    private final String schema;
    private final VerifierKey witness;
    private final HttpWitness http;
    private volatile State state = new State(0, Trouble.NONE);

    /** Why the newest checkpoint is not cosigned. */
    public enum Trouble {
        NONE,
        /** The witness does not answer. */
        UNREACHABLE,
        /** It does not take the checkpoint, for example because it does not watch this log, or cosigns under another key. */
        REFUSED,
        /** It cosigned a longer log than there is, or another one of this size: an alarm. */
        CONTRADICTED
    }

    /** @param size of the newest tree that the witness has cosigned */
    public record State(long size, Trouble trouble) {}

    /**
     * A cosigner.
     *
     * @param log the log's database, by the role that may seal
     * @param schema of the log
     * @param witness its key, which came from the controller and not from the witness's address
     */
    public Cosigner(DataSource log, String schema, VerifierKey witness, HttpWitness http) {
        this.log = log;
        this.schema = schema;
        this.witness = witness;
        this.http = http;
    }

    public State state() {
        return state;
    }

    /** Asks for what is missing; failures end in {@link #state()} and in the log. */
    public void cosign() {
        State before = state;
        State now;
        try (Connection connection = log.getConnection()) {
            now = cosign(connection);
        } catch (IOException e) {
            now = new State(before.size(), Trouble.UNREACHABLE);
        } catch (SQLException | UncheckedIOException | TreeException e) {
            LOG.warn("no cosignature asked for: {}", e.getClass().getSimpleName());
            return;
        }
        state = now;
        if (now.trouble() != before.trouble()) {
            if (now.trouble() == Trouble.CONTRADICTED) {
                LOG.error(ALARM, "ALARM WITNESS_CONTRADICTS: {} cosigned another log than this one", witness.name());
            } else if (now.trouble() == Trouble.NONE) {
                LOG.info("{} cosigns", witness.name());
            } else {
                LOG.warn("no cosignature of {}: {}; sealing goes on", witness.name(), now.trouble());
            }
        }
    }

    private State cosign(Connection connection) throws SQLException, IOException {
        Checkpoints checkpoints = new Checkpoints(connection, schema);
        Optional<Checkpoints.Stored> last = checkpoints.last();
        long cosigned = checkpoints.cosignedBy(witness.name());
        if (last.isEmpty() || last.get().size() == cosigned) {
            return new State(cosigned, Trouble.NONE);
        }
        TreeHead head = last.get().head();
        TileTree tree = TileTree.open(new JdbcTileStore(connection, schema), head);
        Reply reply = ask(tree, cosigned, last.get().note());
        if (reply instanceof Reply.Elsewhere(long size) && size != cosigned) {
            if (size > head.size()) {
                return new State(cosigned, Trouble.CONTRADICTED);
            }
            reply = ask(tree, size, last.get().note());
        }
        return switch (reply) {
            case Reply.Cosigned(String lines) -> keep(checkpoints, last.get(), lines, cosigned);
            case Reply.Elsewhere elsewhere -> new State(cosigned, Trouble.CONTRADICTED);
            case Reply.Refused(int status) ->
                new State(cosigned, status == 422 ? Trouble.CONTRADICTED : Trouble.REFUSED);
        };
    }

    private Reply ask(TileTree tree, long from, byte[] note) throws IOException {
        boolean proves = from > 0 && from < tree.head().size();
        List<TreeHash> proof = proves ? tree.consistency(from) : List.of();
        return http.add(from, proof, note);
    }

    private State keep(Checkpoints checkpoints, Checkpoints.Stored checkpoint, String lines, long before)
            throws SQLException {
        String note = new String(checkpoint.note(), StandardCharsets.UTF_8);
        try {
            for (String line : lines.lines().toList()) {
                byte[] cosigned = (note + line + "\n").getBytes(StandardCharsets.UTF_8);
                if (!SignedNote.parse(cosigned).verify(List.of(witness)).isEmpty()) {
                    checkpoints.addCosignature(checkpoint.size(), witness.name(), line + "\n");
                    return new State(checkpoint.size(), Trouble.NONE);
                }
            }
        } catch (NoteException e) {
            LOG.warn("a cosignature of {} is not taken: {}", witness.name(), e.reason());
        }
        return new State(before, Trouble.REFUSED);
    }
}
