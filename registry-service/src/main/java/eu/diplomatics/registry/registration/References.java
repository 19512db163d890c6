package eu.diplomatics.registry.registration;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.ReferenceTags;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.eventstore.TagEpoch;
import eu.diplomatics.eventstore.TagVersions;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.registry.registration.RegisterQualifications.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Tags the supplier references of rows under the versions of the reference key that are in force. */
final class References {
    private static final String KEY = ReferenceTags.KEY;

    private final Keyring keyring;
    private final TagVersions versions;

    References(Keyring keyring, TagVersions versions) {
        this.keyring = keyring;
        this.versions = versions;
    }

    /** Tags of rows, by their commands. */
    record Tags(Map<UUID, Tag> current, TagEpoch epoch) {
        static final Tags NONE = new Tags(Map.of(), TagEpoch.FIRST);

        Tag of(Row row) {
            return Objects.requireNonNull(current.get(row.command()));
        }

        Collection<Tag> all() {
            return current.values();
        }
    }

    Tags of(List<Row> rows) {
        TagVersions.State known = versions.known();
        try {
            return of(rows, known);
        } catch (KeysUnavailableException e) {
            // the key of a version that is over is gone by now
            TagVersions.State now = versions.refresh();
            if (now.epoch() == known.epoch()) {
                throw e;
            }
            return of(rows, now);
        }
    }

    /** Where a supplier used this reference first. */
    Optional<EventPlace> find(EventReader reader, String supplier, String supplierReference) {
        TagVersions.State known = versions.refresh();
        while (true) {
            Tag tag;
            try (SecretBytes key = key(known.current())) {
                tag = ReferenceTags.of(key, supplier, supplierReference);
            }
            EventPlace place = reader.firstWith(List.of(tag)).get(tag);
            TagVersions.State now = versions.refresh();
            if (place != null || now.epoch() == known.epoch()) {
                return Optional.ofNullable(place);
            }
            known = now;
        }
    }

    /** Others are in force: what was found by these says nothing. */
    boolean isStale(Tags tags) {
        return versions.refresh().epoch() != tags.epoch().epoch();
    }

    void refresh() {
        versions.refresh();
    }

    private Tags of(List<Row> rows, TagVersions.State state) {
        Map<UUID, Tag> current = HashMap.newHashMap(rows.size());
        try (SecretBytes key = key(state.current())) {
            rows.forEach(row -> current.put(row.command(), tag(key, row)));
        }
        Integer nextVersion = state.next();
        Map<Tag, Tag> next = new HashMap<>();
        if (nextVersion != null) {
            try (SecretBytes key = key(nextVersion)) {
                rows.forEach(row -> next.put(Objects.requireNonNull(current.get(row.command())), tag(key, row)));
            }
        }
        return new Tags(current, new TagEpoch(state.epoch(), next));
    }

    private static Tag tag(SecretBytes key, Row row) {
        RegisterQualification registration = row.registration();
        return ReferenceTags.of(key, registration.supplier(), registration.supplierReference());
    }

    /** The first is made by whoever needs it first, the others by their rotation. */
    private SecretBytes key(int version) {
        String name = SecretVersions.named(KEY, version);
        return keyring.existingSecret(name).orElseGet(() -> {
            if (version > 1 || versions.refresh().current() > 1) {
                throw new KeysUnavailableException(name + " is not there");
            }
            return keyring.secret(KEY);
        });
    }
}
