package eu.diplomatics.registry.transparency;

import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogContinuation;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.PostgresEventLog;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.LogResumed;
import eu.diplomatics.qualification.DomainEvent.PositionLost;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.sealing.LogResumption;
import eu.diplomatics.sealing.LogResumption.Proposal;
import eu.diplomatics.sealing.LogSealer;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.vault.EventVault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Lets the log go on after a loss. Durable in this order: the proposal, its confirmation, and then in one transaction of
 * the log's database the lost positions, the event that declares them, and the new incarnation. After a kill anywhere
 * the confirmation is sent again.
 */
public final class LogResumptions {
    private static final Logger LOG = LoggerFactory.getLogger(LogResumptions.class);
    private static final Marker ALARM = MarkerFactory.getMarker("ALARM");
    private static final String BEGUN = """
            SELECT incarnation, kept, first_position, statement, begun_at
            FROM eventstore.incarnation ORDER BY incarnation""";
    private static final String RELAYED = "SELECT coalesce(max(position), 0) FROM eventstore.relay_checkpoint";

    private final LogResumption resumption;
    private final DataSource reader;
    private final PostgresEventLog log;
    private final String first;
    private final Keyring keyring;
    private final EventVault vault;
    private final KeyGenerations generations;
    private final List<VerifierKey> witnesses;

    /**
     * The way back.
     *
     * @param reader the log's database as {@code es_reader}
     * @param first origin of the log's first incarnation
     * @param witnesses who all have to cosign a declaration
     */
    public LogResumptions(
            LogResumption resumption,
            DataSource reader,
            PostgresEventLog log,
            String first,
            Keyring keyring,
            EventVault vault,
            KeyGenerations generations,
            List<VerifierKey> witnesses) {
        this.resumption = resumption;
        this.reader = reader;
        this.log = log;
        this.first = first;
        this.keyring = keyring;
        this.vault = vault;
        this.generations = generations;
        this.witnesses = List.copyOf(witnesses);
    }

    /**
     * An incarnation that has begun.
     *
     * @param keptSize up to this position nothing was lost
     * @param firstPosition of the incarnation; between the two stand events that are kept, and marks for lost ones
     * @param statement the declaration, a signed note
     */
    public record Begun(int incarnation, long keptSize, long firstPosition, String statement, Instant begunAt) {}

    /** All but the first incarnation, the oldest first. */
    public List<Begun> begun() {
        try (Connection connection = reader.getConnection();
                PreparedStatement statement = connection.prepareStatement(BEGUN);
                ResultSet rows = statement.executeQuery()) {
            List<Begun> begun = new ArrayList<>();
            while (rows.next()) {
                begun.add(new Begun(
                        rows.getInt(1),
                        rows.getLong(2),
                        rows.getLong(3),
                        rows.getString(4),
                        rows.getObject(5, OffsetDateTime.class).toInstant()));
            }
            return begun;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** As {@link LogResumption#propose}; what was relayed counts as known. */
    Proposal propose(long highestKnown, Optional<byte[]> seen, String reasonCode, String by) {
        try {
            return resumption.propose(Math.max(highestKnown, relayed()), seen, reasonCode, by);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private long relayed() throws SQLException {
        try (Connection connection = reader.getConnection();
                PreparedStatement statement = connection.prepareStatement(RELAYED);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Confirms a proposal and begins what it declares; asked again, goes on where it stopped. */
    Begun confirm(int incarnation, byte[] note, EventMetadata by) {
        Proposal declared;
        try {
            declared = resumption.confirm(incarnation, note, witnesses, by.actor());
        } catch (SQLException e) {
            throw unavailable(e);
        }
        Optional<Begun> there = of(incarnation);
        if (there.isEmpty()) {
            begin(declared, by);
            there = of(incarnation);
        }
        return there.orElseThrow(() -> new LogUnavailableException("the incarnation has not begun"));
    }

    private Optional<Begun> of(int incarnation) {
        return begun().stream()
                .filter(begun -> begun.incarnation() == incarnation)
                .findFirst();
    }

    private void begin(Proposal declared, EventMetadata by) {
        int incarnation = declared.incarnation();
        LogContinuation.Wanted wanted = new LogContinuation.Wanted(
                first,
                incarnation,
                declared.declared().kept().size(),
                declared.declared().highestKnown(),
                declared.note());
        LogResumed event = new LogResumed(
                incarnation,
                declared.declared().kept().size(),
                declared.declared().signed().size(),
                declared.declared().highestKnown(),
                declared.declared().reasonCode(),
                declared.note());
        generations.refresh();
        long position = log.continuation()
                .begin(
                        wanted,
                        LogSealer.LOCK_CLASS,
                        count -> unit(by, count, version -> new PositionLost(incarnation)),
                        at -> unit(by, 1, version -> event));
        LOG.error(
                ALARM,
                "ALARM LOG_RESUMED: {} goes on in incarnation {} at position {}; up to {} it is what was signed",
                first,
                incarnation,
                position,
                declared.declared().kept().size());
    }

    /** Events of a stream of their own, which are about nobody. */
    private AppendUnit unit(EventMetadata by, int count, IntFunction<DomainEvent> events) {
        UUID stream = UUID.randomUUID();
        Map<UUID, DataKey> keys =
                keyring.create(List.of(new NewKey(stream, generations.current(), KeyRegime.STATUTORY)));
        try {
            List<SealedEvent> sealed = new ArrayList<>(count);
            for (int version = 1; version <= count; version++) {
                sealed.add(vault.seal(
                        stream, version, stream, events.apply(version), by, keys.get(stream), List.of(), false));
            }
            return new AppendUnit(stream, sealed, List.of());
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    private static LogUnavailableException unavailable(SQLException e) {
        return new LogUnavailableException("a database does not answer", false, e);
    }
}
