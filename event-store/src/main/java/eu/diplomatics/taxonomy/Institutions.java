package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.ListedInstitution;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.SupplierTerms;
import eu.diplomatics.qualification.Suppliers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The suppliers, and the institutions each may register for: from a file, and what the controller changed since.
 *
 * <p>A supplier that is {@code legacyWide} hands over the records of a whole sector: in mode legacy it may register for
 * institutions that are not in the file, closed ones for example, and for records without an institution's number.
 */
public final class Institutions {
    private final Map<String, Supplier> suppliers;
    private final Map<String, Institution> institutions;
    private final Set<String> withdrawn;

    private Institutions(
            Map<String, Supplier> suppliers, Map<String, Institution> institutions, Set<String> withdrawn) {
        this.suppliers = Map.copyOf(suppliers);
        this.institutions = Map.copyOf(institutions);
        this.withdrawn = Set.copyOf(withdrawn);
    }

    private Institutions(SuppliersFile file) {
        institutions = file.institutions().stream().collect(Collectors.toMap(Institution::number, Function.identity()));
        suppliers = file.suppliers().stream().collect(Collectors.toMap(Supplier::id, Function.identity()));
        withdrawn = Set.of();
        for (Supplier supplier : suppliers.values()) {
            if (!supplier.id().equals(SupplierTerms.idOf(supplier.id()))) {
                throw new InvalidTaxonomyException(
                        "the id of a supplier has lower-case letters, digits and hyphens only");
            }
            if (!institutions.keySet().containsAll(supplier.institutions())) {
                throw new InvalidTaxonomyException(
                        "supplier " + supplier.id() + " has an institution that is not listed");
            }
        }
    }

    /** @throws InvalidTaxonomyException when the file cannot be read or contradicts itself */
    public static Institutions load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        } catch (IOException e) {
            throw new InvalidTaxonomyException("the file of suppliers cannot be read", e);
        }
    }

    /** A sample for one machine and for tests: the sectors and institutions of Flanders, most numbers invented. */
    public static Institutions sample() {
        try (InputStream in =
                Objects.requireNonNull(Institutions.class.getResourceAsStream("/taxonomy/suppliers-sample.json"))) {
            return read(in);
        } catch (IOException e) {
            throw new InvalidTaxonomyException("the file of suppliers cannot be read", e);
        }
    }

    static Institutions read(InputStream in) {
        try {
            return new Institutions(JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(in, SuppliersFile.class));
        } catch (JacksonException | IllegalStateException e) {
            throw new InvalidTaxonomyException("the file of suppliers is not of the expected shape", e);
        }
    }

    /**
     * These, with what was changed since laid over them: who was admitted or withdrawn, and whom an institution that was
     * listed has to register for it.
     */
    public Institutions with(Suppliers register) {
        Map<String, Institution> all = new LinkedHashMap<>(institutions);
        register.listed().forEach((number, listed) -> all.put(number, institution(listed.institution())));
        Map<String, Supplier> known = new LinkedHashMap<>(suppliers);
        Set<String> gone = new LinkedHashSet<>(withdrawn);
        register.admitted().forEach((id, admitted) -> {
            if (admitted.withdrawal() != null) {
                known.remove(id);
                gone.add(id);
            } else {
                gone.remove(id);
                Set<String> before = known.containsKey(id)
                        ? Objects.requireNonNull(known.get(id)).institutions()
                        : Set.of();
                SupplierTerms terms = admitted.terms();
                known.put(id, new Supplier(id, terms.name(), terms.legacyWide(), before));
            }
        });
        known.replaceAll((id, supplier) -> new Supplier(
                id,
                supplier.name(),
                supplier.legacyWide(),
                numbers(supplier, register.listed().values())));
        return new Institutions(known, all, gone);
    }

    private static Set<String> numbers(Supplier supplier, Collection<Suppliers.Listed> listed) {
        Set<String> numbers = new LinkedHashSet<>(supplier.institutions());
        for (Suppliers.Listed each : listed) {
            if (each.institution().suppliers().contains(supplier.id())) {
                numbers.add(each.institution().number());
            } else {
                numbers.remove(each.institution().number());
            }
        }
        return numbers;
    }

    private static Institution institution(ListedInstitution listed) {
        return new Institution(listed.number(), listed.name(), listed.type(), listed.municipality());
    }

    /** A supplier by its id; a sector's name, as in the LED, is understood too. */
    public Optional<Supplier> supplier(String idOrName) {
        return Optional.ofNullable(suppliers.get(SupplierTerms.idOf(idOrName)));
    }

    /** Whether this was a supplier, and the controller withdrew it. */
    public boolean isWithdrawn(String idOrName) {
        return withdrawn.contains(SupplierTerms.idOf(idOrName));
    }

    public List<Supplier> suppliers() {
        return List.copyOf(suppliers.values());
    }

    /** An institution by its number. */
    public Optional<Institution> institution(String number) {
        return Optional.ofNullable(institutions.get(number));
    }

    public List<Institution> institutions() {
        return List.copyOf(institutions.values());
    }

    /** The institutions a supplier may register for. */
    public List<Institution> of(Supplier supplier) {
        return supplier.institutions().stream()
                .map(number -> Objects.requireNonNull(institutions.get(number)))
                .toList();
    }

    /** Whether a supplier may register for an institution: a rejection when not. */
    public Optional<Rejection> check(String supplier, Basis.Institution institution, Mode mode) {
        Supplier found = supplier(supplier).orElse(null);
        if (found == null) {
            return Optional.of(
                    isWithdrawn(supplier)
                            ? withdrawal()
                            : new Rejection(RejectionCode.NOT_YOUR_INSTITUTION, "", "not a known supplier"));
        }
        String number = institution.number();
        boolean own = number != null && found.institutions().contains(number);
        boolean listed = number != null && institutions.containsKey(number);
        return own || (mode == Mode.LEGACY && found.legacyWide() && !listed)
                ? Optional.empty()
                : Optional.of(new Rejection(
                        RejectionCode.NOT_YOUR_INSTITUTION,
                        "/basis/institution/number",
                        "not an institution this supplier registers for"));
    }

    /** What a supplier is told that was withdrawn. */
    public static Rejection withdrawal() {
        return new Rejection(RejectionCode.SUPPLIER_WITHDRAWN, "", "the supplier was withdrawn");
    }

    /**
     * @param id lower-case letters, digits and hyphens
     * @param legacyWide see {@link Institutions}
     */
    public record Supplier(String id, String name, boolean legacyWide, Set<String> institutions) {
        public Supplier {
            institutions = Collections.unmodifiableSet(new LinkedHashSet<>(institutions));
        }
    }

    /** @param type the kind of body, one of the taxonomy's awarding bodies */
    public record Institution(
            String number,
            String name,
            String type,
            @Nullable String municipality) {}

    private record SuppliersFile(@Nullable String note, List<Institution> institutions, List<Supplier> suppliers) {}
}
