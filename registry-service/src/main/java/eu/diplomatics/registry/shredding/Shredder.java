package eu.diplomatics.registry.shredding;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.keyring.ShredLedger.Planned;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.keyring.Shredding.Kind;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.vault.LoneEvents;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shreds in an order that survives a kill at any step: first the ledger says what is to be shredded, then the log why,
 * then the key goes. The same request sent again goes on where it stopped. With an identity go the searches by name that
 * led to it, each as a shredding of its own.
 */
final class Shredder {
    private static final Logger LOG = LoggerFactory.getLogger(Shredder.class);
    private static final String HOLDER = "HolderIdentified";

    private final ShredLedger ledger;
    private final HolderIndex index;
    private final EventReader reader;
    private final Searches searches;
    private final LoneEvents events;
    private final CommandIds commands;
    private final InstantSource clock;

    public Shredder(
            ShredLedger ledger,
            HolderIndex index,
            EventReader reader,
            Searches searches,
            LoneEvents events,
            CommandIds commands,
            InstantSource clock) {
        this.ledger = ledger;
        this.index = index;
        this.reader = reader;
        this.searches = searches;
        this.events = events;
        this.commands = commands;
        this.clock = clock;
    }

    /**
     * What is asked for. An erasure names the holder by number, by id, or by the reference of a record of theirs; a wrong
     * record is named by its reference.
     *
     * @param caseReference of the controller's file about it; only inside the sealed tombstone, as is {@code reason}
     */
    public record Request(
            Kind kind,
            @Nullable Insz insz,
            @Nullable UUID holder,
            @Nullable UUID reference,
            String legalBasis,
            String reasonCode,
            String reason,
            String caseReference) {
        @Override
        public String toString() {
            return "Request[" + kind + ", redacted]";
        }
    }

    /** A stream to be shredded, and whom it is about. */
    private record Target(UUID stream, UUID holder) {}

    /**
     * Shreds; when it returns nobody opens the stream any more.
     *
     * @param idempotencyKey the caller's, the same when the request is sent again
     * @throws ProblemException when there is no such stream, the law keeps it, or the key was used for something else
     */
    public Shredding shred(Request request, String idempotencyKey, String actor, String correlation) {
        List<SecretVersion> versions = commands.versions();
        SecretVersion version = versions.stream()
                .skip(1)
                .filter(older -> ledger.knows(commands.tag(older, "shredding", actor, idempotencyKey)))
                .findFirst()
                .orElse(versions.getFirst());
        byte[] bodyTag = commands.tag(version, texts(request));
        Target target = target(request);
        EventMetadata metadata = new EventMetadata(actor, "api", request.reason, correlation);
        Shredding planned =
                plan(request, target.stream, commands.tag(version, "shredding", actor, idempotencyKey), bodyTag);
        carryOut(planned, target.holder, request, metadata);
        // only now no further search can lead there
        if (request.kind == Kind.ERASURE) {
            for (UUID search : searches.thatFound(target.holder)) {
                byte[] tag = commands.tag(version, "shredding-search", actor, idempotencyKey, search.toString());
                carryOut(plan(request, search, tag, bodyTag), search, request, metadata);
            }
        }
        return Objects.requireNonNull(ledger.of(List.of(planned.stream())).get(planned.stream()));
    }

    private Shredding plan(Request request, UUID stream, byte[] commandTag, byte[] bodyTag) {
        Shredding wanted = new Shredding(
                stream,
                UUID.randomUUID(),
                request.kind,
                request.reasonCode,
                request.legalBasis,
                clock.instant(),
                null,
                0,
                null);
        return switch (ledger.plan(wanted, commandTag, bodyTag)) {
            case Planned.Row(Shredding row) -> row;
            case Planned.OtherCommand other ->
                throw ProblemException.of(ProblemCode.IDEMPOTENCY_CONFLICT, "Use a new key for another request.");
            case Planned.RegimeForbids forbids ->
                throw ProblemException.of(ProblemCode.RETENTION_REQUIRED, "The law keeps what this stream holds.");
        };
    }

    private void carryOut(Shredding planned, UUID holder, Request request, EventMetadata metadata) {
        if (planned.shreddedAt() == null) {
            appendTombstone(planned, holder, request, metadata);
            ledger.shred(planned.stream(), clock.instant());
            LOG.info("shredded {}: tombstone {}", planned.stream(), planned.tombstone());
        }
    }

    public List<Shredding> newest(int limit) {
        return ledger.newest(limit);
    }

    private static String[] texts(Request request) {
        return new String[] {
            "shredding-body",
            request.kind.name(),
            request.insz == null ? "" : request.insz.digits(),
            String.valueOf(request.holder),
            String.valueOf(request.reference),
            request.legalBasis,
            request.reasonCode,
            request.reason,
            request.caseReference
        };
    }

    private Target target(Request request) {
        UUID named = request.reference != null ? request.reference : holder(request);
        List<StoredEvent> events = named == null ? List.of() : reader.stream(named);
        if (events.isEmpty()) {
            throw unknown();
        }
        StoredEvent first = events.getFirst();
        boolean identity = HOLDER.equals(first.context().type());
        boolean record = first.context().type().startsWith("Qualification");
        if (request.reference == null ? !identity : !record) {
            throw unknown();
        }
        return request.kind == Kind.WRONG_RECORD
                ? new Target(first.context().stream(), first.holder())
                : new Target(first.holder(), first.holder());
    }

    private @Nullable UUID holder(Request request) {
        if (request.insz == null) {
            return request.holder;
        }
        IndexTerm term = IndexTerm.holder(request.insz);
        return index.find(List.of(term)).get(term);
    }

    private static ProblemException unknown() {
        return ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "There is nothing there that could be shredded.");
    }

    private void appendTombstone(Shredding planned, UUID holder, Request request, EventMetadata metadata) {
        events.append(
                planned.tombstone(),
                holder,
                KeyRegime.STATUTORY,
                metadata,
                new StreamShredded(
                        planned.stream(),
                        planned.kind().name(),
                        planned.reasonCode(),
                        planned.legalBasis(),
                        request.caseReference,
                        planned.askedAt()));
    }
}
