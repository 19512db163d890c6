package eu.diplomatics.backup.importing;

import eu.diplomatics.backup.importing.ImportTarget.Incoming;
import eu.diplomatics.backup.portable.EventLine;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventSealer;
import eu.diplomatics.eventstore.ReferenceTags;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.LogResumed;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.NameKey;
import eu.diplomatics.qualification.UnknownEventTypeException;
import eu.diplomatics.qualification.UnreadableEventException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** Seals what comes in under new keys of this registry's own, and makes index and tags anew: none of the old keys came along. */
final class ImportedKeys implements AutoCloseable {
    private static final String SUPPLIER = "supplier:";
    private static final String USED =
            "SELECT EXISTS (SELECT FROM keyring.data_key) OR EXISTS (SELECT FROM keyring.holder_claim)";

    private final DataSource source;
    private final Keyring keyring;
    private final HolderIndex index;
    private final ShredLedger ledger;
    private final SecretBytes referenceKey;
    private final EventSealer sealer = new EventSealer();
    private final EventCodec codec = new EventCodec();
    private int incarnation = 1;

    /**
     * @param source as {@code kr_registry}
     * @param rekeyer as {@code kr_rekeyer}: the shred ledger is its
     */
    ImportedKeys(DataSource source, DataSource rekeyer, Keyring keyring, Custodian custodian) {
        this.source = source;
        this.keyring = keyring;
        this.index = new HolderIndex(new BlindIndex(keyring, custodian), keyring);
        this.ledger = new ShredLedger(rekeyer);
        this.referenceKey = keyring.secret(ReferenceTags.KEY);
    }

    void requireEmpty() throws SQLException, PortableException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(USED)) {
            row.next();
            if (row.getBoolean(1)) {
                throw new PortableException(Code.NOT_EMPTY, "the keyring has keys already");
            }
        }
    }

    /** The highest that the log itself names so far. */
    int incarnation() {
        return incarnation;
    }

    /** Of every event, also of one that an earlier start brought in. */
    void note(EventLine line) throws PortableException {
        byte[] body = line.body();
        if (body != null
                && line.context().type().equals(LogResumed.TYPE)
                && decoded(line, body).event() instanceof LogResumed resumed) {
            incarnation = Math.max(incarnation, resumed.incarnation());
        }
    }

    /** Keys durable first, then who a number leads to; what is returned is appended after that. */
    List<Incoming> seal(List<EventLine> lines, int generation, Instant now) throws PortableException {
        Map<UUID, NewKey> wanted = new LinkedHashMap<>();
        for (EventLine line : lines) {
            if (line.body() != null) {
                UUID stream = line.context().stream();
                wanted.put(stream, new NewKey(stream, generation, regime(line)));
            }
        }
        Map<UUID, DataKey> keys = keyring.create(wanted.values());
        try {
            List<Incoming> sealed = new ArrayList<>(lines.size());
            Map<IndexTerm, HolderIndex.Claim> claims = new LinkedHashMap<>();
            for (EventLine line : lines) {
                sealed.add(seal(line, keys, claims, now));
            }
            claim(claims);
            return sealed;
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    private static KeyRegime regime(EventLine line) throws PortableException {
        return switch (line.regime()) {
            case "STATUTORY" -> KeyRegime.STATUTORY;
            case "ERASABLE" -> KeyRegime.ERASABLE;
            default -> throw new PortableException(Code.BAG_BROKEN, "no regime at position " + line.position());
        };
    }

    private Incoming seal(
            EventLine line, Map<UUID, DataKey> keys, Map<IndexTerm, HolderIndex.Claim> claims, Instant now)
            throws PortableException {
        byte[] opening = line.opening();
        byte[] body = line.body();
        DataKey key = keys.get(line.context().stream());
        if (opening == null || body == null || key == null) {
            // of what was lost nothing stands there, so that it stays an alarm and is not taken for an erasure
            byte[] mark = line.content() == EventLine.Content.SHREDDED ? StoredEvent.leftOut() : new byte[0];
            return new Incoming(line, mark, List.of());
        }
        EventCodec.Body<DomainEvent> decoded = decoded(line, body);
        List<Tag> tags = List.of();
        switch (decoded.event()) {
            case QualificationRegistered registered ->
                tags = List.of(ReferenceTags.of(referenceKey, registered.supplier(), registered.supplierReference()));
            case HolderIdentified(HolderIdentity identity) -> claims(line, decoded, identity, claims);
            case StreamShredded tombstone -> ledger.again(shredding(line, tombstone), now);
            default -> {
                // nothing beside the log hangs on it
            }
        }
        SealedEvent sealed =
                sealer.sealAgain(line.context(), line.holder(), new EventSealer.Content(opening, body), key, tags);
        if (!Arrays.equals(sealed.commitment(), line.commitment())) {
            throw new PortableException(
                    Code.DIFFERS, "the content at position " + line.position() + " is not what was committed to");
        }
        return new Incoming(line, sealed.ciphertext(), tags);
    }

    private EventCodec.Body<DomainEvent> decoded(EventLine line, byte[] body) throws PortableException {
        try {
            EventCodec.Body<DomainEvent> decoded =
                    codec.decode(line.context().type(), line.context().typeVersion(), body);
            if (decoded.holder().equals(line.holder())) {
                return decoded;
            }
        } catch (UnknownEventTypeException | UnreadableEventException e) {
            throw new PortableException(
                    Code.DIFFERS,
                    "the event at position " + line.position() + " is of a type or form this program does not know",
                    e);
        }
        throw new PortableException(
                Code.DIFFERS, "the event at position " + line.position() + " is about another holder");
    }

    private static void claims(
            EventLine line,
            EventCodec.Body<DomainEvent> decoded,
            HolderIdentity identity,
            Map<IndexTerm, HolderIndex.Claim> claims)
            throws PortableException {
        HolderIndex.Claim claim = switch (identity) {
            case HolderIdentity.ByInsz(var insz) -> new HolderIndex.Claim(IndexTerm.holder(insz), line.holder(), null);
            case HolderIdentity.ByName byName -> {
                String actor = decoded.metadata().actor();
                if (!actor.startsWith(SUPPLIER)) {
                    throw new PortableException(
                            Code.DIFFERS, "a local number of nobody at position " + line.position());
                }
                yield new HolderIndex.Claim(
                        IndexTerm.holder(actor.substring(SUPPLIER.length()), byName.localNumber()),
                        line.holder(),
                        IndexTerm.holder(NameKey.of(byName)));
            }
        };
        claims.putIfAbsent(claim.term(), claim);
    }

    private void claim(Map<IndexTerm, HolderIndex.Claim> claims) throws PortableException {
        Map<IndexTerm, UUID> holders = new HashMap<>(index.claim(claims.values()));
        for (HolderIndex.Claim claim : claims.values()) {
            if (!claim.candidate().equals(holders.get(claim.term()))) {
                throw new PortableException(Code.DIFFERS, "two holders have the same number");
            }
        }
    }

    private static Shredding shredding(EventLine line, StreamShredded tombstone) {
        return new Shredding(
                tombstone.stream(),
                line.context().stream(),
                Shredding.Kind.valueOf(tombstone.kind()),
                tombstone.reasonCode(),
                tombstone.legalBasis(),
                tombstone.askedAt(),
                null,
                0,
                null);
    }

    @Override
    public void close() {
        referenceKey.close();
    }
}
