package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
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
 * The suppliers, and the institutions each may register for, from one file that the controller maintains.
 *
 * <p>A supplier that is {@code legacyWide} hands over the records of a whole sector: in mode legacy it may register for
 * institutions that are not in the file, closed ones for example, and for records without an institution's number.
 */
public final class Institutions {
    private final Map<String, Supplier> suppliers;
    private final Map<String, Institution> institutions;

    private Institutions(SuppliersFile file) {
        institutions = file.institutions().stream().collect(Collectors.toMap(Institution::number, Function.identity()));
        suppliers = file.suppliers().stream().collect(Collectors.toMap(Supplier::id, Function.identity()));
        for (Supplier supplier : suppliers.values()) {
            if (!supplier.id().equals(idOf(supplier.id()))) {
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

    /** A supplier by its id; a sector's name, as in the LED, is understood too. */
    public Optional<Supplier> supplier(String idOrName) {
        return Optional.ofNullable(suppliers.get(idOf(idOrName)));
    }

    public List<Supplier> suppliers() {
        return List.copyOf(suppliers.values());
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
            return Optional.of(new Rejection(RejectionCode.NOT_YOUR_INSTITUTION, "", "not a known supplier"));
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

    private static String idOf(String idOrName) {
        return idOrName.strip().toLowerCase(Locale.ROOT).replace(' ', '-');
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
