package eu.diplomatics.qualification;

import eu.diplomatics.qualification.DomainEvent.InstitutionListed;
import eu.diplomatics.qualification.DomainEvent.SupplierAdmitted;
import eu.diplomatics.qualification.DomainEvent.SupplierEvent;
import eu.diplomatics.qualification.DomainEvent.SupplierWithdrawn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Suppliers and institutions as their stream tells them. Pure. What a file says of those that nobody changed is not in here:
 * this is laid over it.
 */
public record Suppliers(Map<String, Admitted> admitted, Map<String, Listed> listed) {
    /** The one stream of all, and the id in the place of a holder in its headers. It is about nobody. */
    public static final UUID STREAM = UUID.fromString("73757070-6c69-4572-8000-000000000001");

    public Suppliers {
        admitted = Map.copyOf(admitted);
        listed = Map.copyOf(listed);
    }

    /** An event of the stream with what stands beside it. */
    public record Noted(SupplierEvent event, String actor, String reason, Instant recordedAt) {
        @Override
        public String toString() {
            return "Noted[redacted]";
        }
    }

    /**
     * A supplier as it stands.
     *
     * @param version counts the changes of this supplier, from 1
     * @param withdrawal reason code of its withdrawal; null while it may register
     */
    public record Admitted(
            SupplierTerms terms,
            long version,
            @Nullable String withdrawal,
            String by,
            String reason,
            Instant recordedAt) {
        @Override
        public String toString() {
            return "Admitted[redacted]";
        }
    }

    /**
     * An institution as it stands.
     *
     * @param version counts the changes of this institution, from 1
     */
    public record Listed(ListedInstitution institution, long version, String by, String reason, Instant recordedAt) {
        @Override
        public String toString() {
            return "Listed[redacted]";
        }
    }

    /**
     * All after these events, from nothing.
     *
     * @throws IllegalStateException when they cannot follow each other: a broken stream, never a broken rule
     */
    public static Suppliers of(List<Noted> events) {
        Map<String, Admitted> admitted = new LinkedHashMap<>();
        Map<String, Listed> listed = new LinkedHashMap<>();
        for (Noted noted : events) {
            switch (noted.event()) {
                case SupplierAdmitted(SupplierTerms terms) ->
                    admitted.put(terms.id(), next(admitted.get(terms.id()), terms, null, noted));
                case SupplierWithdrawn(SupplierTerms terms, String reasonCode) -> {
                    Admitted before = admitted.get(terms.id());
                    if (before != null && before.withdrawal() != null) {
                        throw new IllegalStateException("a withdrawal of what is withdrawn");
                    }
                    admitted.put(terms.id(), next(before, terms, reasonCode, noted));
                }
                case InstitutionListed(ListedInstitution institution) -> {
                    Listed before = listed.get(institution.number());
                    listed.put(
                            institution.number(),
                            new Listed(
                                    institution,
                                    before == null ? 1 : before.version() + 1,
                                    noted.actor(),
                                    noted.reason(),
                                    noted.recordedAt()));
                }
            }
        }
        return new Suppliers(admitted, listed);
    }

    private static Admitted next(
            @Nullable Admitted before, SupplierTerms terms, @Nullable String withdrawal, Noted noted) {
        return new Admitted(
                terms,
                before == null ? 1 : before.version() + 1,
                withdrawal,
                noted.actor(),
                noted.reason(),
                noted.recordedAt());
    }

    /** The versions of one supplier, the oldest first. */
    public static List<Admitted> historyOfSupplier(List<Noted> events, String id) {
        List<Noted> its = events.stream()
                .filter(noted -> switch (noted.event()) {
                    case SupplierAdmitted(SupplierTerms terms) -> terms.id().equals(id);
                    case SupplierWithdrawn(SupplierTerms terms, String code) ->
                        terms.id().equals(id);
                    case InstitutionListed listed -> false;
                })
                .toList();
        List<Admitted> versions = new ArrayList<>();
        for (int i = 1; i <= its.size(); i++) {
            of(its.subList(0, i)).supplier(id).ifPresent(versions::add);
        }
        return versions;
    }

    /** The versions of one institution, the oldest first. */
    public static List<Listed> historyOfInstitution(List<Noted> events, String number) {
        List<Listed> versions = new ArrayList<>();
        for (Noted noted : events) {
            if (noted.event() instanceof InstitutionListed(ListedInstitution institution)
                    && institution.number().equals(number)) {
                versions.add(new Listed(
                        institution, versions.size() + 1L, noted.actor(), noted.reason(), noted.recordedAt()));
            }
        }
        return versions;
    }

    public Optional<Admitted> supplier(String id) {
        return Optional.ofNullable(admitted.get(id));
    }

    public Optional<Listed> institution(String number) {
        return Optional.ofNullable(listed.get(number));
    }

    @Override
    public String toString() {
        return "Suppliers[redacted]";
    }
}
