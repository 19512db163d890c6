package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.LogContinuation.Wanted;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.sealing.CheckpointKeys;
import eu.diplomatics.sealing.Checkpoints;
import eu.diplomatics.sealing.EventLeaves;
import eu.diplomatics.sealing.LogOrigin;
import eu.diplomatics.sealing.LogResumption;
import eu.diplomatics.sealing.LogSealer;
import eu.diplomatics.sealing.SealMemory;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Seals the log of a {@link BackupFixture}, has a witness cosign it, loses its end and goes on with it. */
public final class SealedLog {
    private static final String ORIGIN = "registry.example/events/1";
    private static final String WITNESS = "controller.example";
    private static final String COSIGNED =
            "INSERT INTO eventstore.cosignature (size, witness, line) VALUES (?, '" + WITNESS + "', ?)";

    private final BackupFixture fixture;
    private final byte[] seed;
    private final byte[] witnessSeed;

    public SealedLog(BackupFixture fixture) {
        this.fixture = fixture;
        this.seed = Units.random(32);
        this.witnessSeed = Units.random(32);
    }

    private CheckpointKeys keys() {
        return origin -> {
            SecretBytes opened = SecretBytes.copyOf(seed);
            return new CheckpointKeys.Signing(
                    origin,
                    List.of(opened),
                    List.of(NoteSigner.log(origin, opened).verifierKey()));
        };
    }

    public VerifierKey logKey(int incarnation) {
        try (SecretBytes opened = SecretBytes.copyOf(seed)) {
            return NoteSigner.log(LogOrigin.name(ORIGIN, incarnation), opened).verifierKey();
        }
    }

    public VerifierKey witnessKey() {
        try (SecretBytes opened = SecretBytes.copyOf(witnessSeed)) {
            return witness(opened).verifierKey();
        }
    }

    private static NoteSigner witness(SecretBytes seed) {
        return NoteSigner.witness(WITNESS, seed, InstantSource.system());
    }

    public TreeHead seal() throws SQLException {
        return seal(fixture.log.store.dataSource("sealer"), fixture.log.keys.dataSource("registry"));
    }

    /** A log that was restored, by its own databases. */
    public TreeHead seal(DataSource log, DataSource keyring) throws SQLException {
        LogSealer sealer = new LogSealer(log, new EventLeaves(), new SealMemory(keyring), ORIGIN, keys());
        LogSealer.Step step;
        do {
            step = sealer.seal().orElseThrow();
        } while (step.more());
        return step.head();
    }

    /** The newest checkpoint. */
    public void cosign() throws SQLException {
        try (Connection connection = fixture.log.store.connect("sealer");
                SecretBytes opened = SecretBytes.copyOf(witnessSeed);
                PreparedStatement statement = connection.prepareStatement(COSIGNED)) {
            Checkpoints.Stored last =
                    new Checkpoints(connection, "eventstore").last().orElseThrow();
            SignedNote cosigned = SignedNote.parse(last.note()).cosign(witness(opened));
            statement.setLong(1, last.size());
            String[] lines = new String(cosigned.toBytes(), StandardCharsets.UTF_8).split("(?<=\n)");
            statement.setString(2, lines[lines.length - 1]);
            statement.executeUpdate();
        }
    }

    /** What somebody can do who rules over the server of a database: no trigger and no role stops them. */
    public void asSuperuser(SourceDatabase database, String... statements) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(fixture.access(database).url());
        try (Connection connection = fixture.log.store.postgres().connect(String.valueOf(source.getDatabaseName()));
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public void loseBehind(long position) throws SQLException {
        asSuperuser(
                SourceDatabase.EVENTSTORE,
                "DELETE FROM eventstore.event WHERE position > " + position,
                "DELETE FROM eventstore.ciphertext_1 WHERE position > " + position);
    }

    /** Declares the next incarnation and begins it; its first position. */
    public long resume() throws SQLException {
        LogResumption resumption = new LogResumption(
                fixture.log.store.dataSource("reader"),
                new EventLeaves(),
                fixture.log.keys.dataSource("registry"),
                ORIGIN,
                keys(),
                InstantSource.system());
        LogResumption.Proposal proposal = resumption.propose(0, Optional.empty(), "RESTORED", "first");
        byte[] cosigned;
        try (SecretBytes opened = SecretBytes.copyOf(witnessSeed)) {
            cosigned = SignedNote.parse(proposal.note().getBytes(StandardCharsets.UTF_8))
                    .cosign(witness(opened))
                    .toBytes();
        }
        LogResumption.Proposal declared =
                resumption.confirm(proposal.incarnation(), cosigned, List.of(witnessKey()), "second");
        Wanted wanted = new Wanted(
                ORIGIN,
                declared.incarnation(),
                declared.declared().kept().size(),
                declared.declared().highestKnown(),
                declared.note());
        return fixture.log
                .log
                .continuation()
                .begin(
                        wanted,
                        LogSealer.LOCK_CLASS,
                        count -> unit("PositionLost", count),
                        first -> unit("LogResumed", 1));
    }

    private AppendUnit unit(String type, int count) {
        UUID stream = UUID.randomUUID();
        try (DataKey key = fixture.log
                .keyring
                .create(List.of(new NewKey(stream, 1, KeyRegime.STATUTORY)))
                .values()
                .iterator()
                .next()) {
            return Units.unit(IntStream.rangeClosed(1, count)
                    .mapToObj(version -> new EventSealer()
                            .seal(
                                    new EventContext(stream, version, type, 1),
                                    stream,
                                    Units.random(40),
                                    key,
                                    List.of(),
                                    false))
                    .toArray(SealedEvent[]::new));
        }
    }
}
