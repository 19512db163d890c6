package eu.diplomatics.registry.supplier;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.qualification.ListedInstitution;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.StateRequest;
import eu.diplomatics.qualification.SupplierJson;
import eu.diplomatics.qualification.SupplierTerms;
import eu.diplomatics.qualification.Suppliers;
import eu.diplomatics.qualification.Suppliers.Admitted;
import eu.diplomatics.qualification.Suppliers.Listed;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.reference.ReferenceAnswers;
import eu.diplomatics.registry.registration.Authorship;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.TaxonomyNow;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The register of suppliers and institutions, kept by the controller. */
@RestController
final class SupplierApi {
    private static final String SUPPLIERS = "/v1/suppliers";
    private static final String SUPPLIER = SUPPLIERS + "/{id}";
    private static final String INSTITUTIONS = "/v1/institutions";
    private static final String INSTITUTION = INSTITUTIONS + "/{number}";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

    private final SupplierRegister register;
    private final TaxonomyNow taxonomy;
    private final Rules rules;

    SupplierApi(SupplierRegister register, TaxonomyNow taxonomy, Rules rules) {
        this.register = register;
        this.taxonomy = taxonomy;
        this.rules = rules;
    }

    enum State {
        ADMITTED,
        WITHDRAWN
    }

    /**
     * A supplier.
     *
     * @param version 0 where the file says so and nobody changed it; then nobody stands behind it either
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record ShownSupplier(
            String id,
            String name,
            @JsonInclude boolean legacyWide,
            @JsonInclude long version,
            State state,
            @Nullable String withdrawal,
            @Nullable String by,
            @Nullable String reason,
            @Nullable Instant recordedAt) {
        static ShownSupplier of(Admitted admitted) {
            return new ShownSupplier(
                    admitted.terms().id(),
                    admitted.terms().name(),
                    admitted.terms().legacyWide(),
                    admitted.version(),
                    admitted.withdrawal() == null ? State.ADMITTED : State.WITHDRAWN,
                    admitted.withdrawal(),
                    admitted.by(),
                    admitted.reason(),
                    admitted.recordedAt());
        }

        static ShownSupplier of(Institutions.Supplier ofFile) {
            return new ShownSupplier(
                    ofFile.id(), ofFile.name(), ofFile.legacyWide(), 0, State.ADMITTED, null, null, null, null);
        }
    }

    /**
     * An institution.
     *
     * @param suppliers who registers for it
     * @param version 0 where the file says so and nobody changed it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ShownInstitution(
            String number,
            String name,
            String type,
            @Nullable String municipality,
            List<String> suppliers,
            long version,
            @Nullable String by,
            @Nullable String reason,
            @Nullable Instant recordedAt) {
        static ShownInstitution of(Listed listed) {
            ListedInstitution institution = listed.institution();
            return new ShownInstitution(
                    institution.number(),
                    institution.name(),
                    institution.type(),
                    institution.municipality(),
                    institution.suppliers(),
                    listed.version(),
                    listed.by(),
                    listed.reason(),
                    listed.recordedAt());
        }

        static ShownInstitution of(Institutions.Institution ofFile, Institutions all) {
            return new ShownInstitution(
                    ofFile.number(),
                    ofFile.name(),
                    ofFile.type(),
                    ofFile.municipality(),
                    all.suppliers().stream()
                            .filter(supplier -> supplier.institutions().contains(ofFile.number()))
                            .map(Institutions.Supplier::id)
                            .sorted()
                            .toList(),
                    0,
                    null,
                    null,
                    null);
        }
    }

    record ShownSuppliers(List<ShownSupplier> suppliers) {}

    record ShownInstitutions(List<ShownInstitution> institutions) {}

    /** The oldest first; without what a file said. */
    record SupplierHistory(List<ShownSupplier> versions) {}

    /** The oldest first; without what a file said. */
    record InstitutionHistory(List<ShownInstitution> versions) {}

    @GetMapping(SUPPLIERS)
    ShownSuppliers suppliers(@RequestParam(required = false) @Nullable String asOf, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        Map<String, ShownSupplier> all = new LinkedHashMap<>();
        register.ofFile().suppliers().forEach(each -> all.put(each.id(), ShownSupplier.of(each)));
        knownAt(asOf).admitted().forEach((id, each) -> all.put(id, ShownSupplier.of(each)));
        return new ShownSuppliers(all.values().stream()
                .sorted(Comparator.comparing(ShownSupplier::id))
                .toList());
    }

    @GetMapping(SUPPLIER)
    ResponseEntity<ShownSupplier> supplier(@PathVariable String id, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        ShownSupplier found = knownAt(null)
                .supplier(id)
                .map(ShownSupplier::of)
                .or(() -> register.ofFile().supplier(id).map(ShownSupplier::of))
                .orElseThrow(SupplierApi::unknown);
        return ReferenceAnswers.tagged(200, found.version(), found);
    }

    @GetMapping(SUPPLIER + "/history")
    SupplierHistory supplierHistory(@PathVariable String id, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        List<Admitted> versions = Suppliers.historyOfSupplier(register.changes(), id);
        if (versions.isEmpty() && register.ofFile().supplier(id).isEmpty()) {
            throw unknown();
        }
        return new SupplierHistory(versions.stream().map(ShownSupplier::of).toList());
    }

    @PutMapping(SUPPLIER)
    ResponseEntity<ShownSupplier> admit(@PathVariable String id, HttpServletRequest request) {
        Caller caller = Caller.controller(request);
        if (!SupplierTerms.isId(id)) {
            throw ProblemException.at(
                    ProblemCode.MALFORMED, "path", "A supplier's id is lower-case letters, digits and hyphens.");
        }
        SupplierJson.AdmitSupplier read =
                Rejections.orProblem(SupplierJson.readSupplier(Bodies.json(request), rules.now(Mode.STRICT), id));
        return ReferenceAnswers.answer(
                register.admit(
                        read.terms(),
                        ReferenceAnswers.expected(request),
                        Authorship.of(request, caller, read.reason())),
                201,
                ShownSupplier::of,
                Admitted::version,
                unknown());
    }

    @PostMapping(SUPPLIER + "/withdrawal")
    ResponseEntity<ShownSupplier> withdraw(@PathVariable String id, HttpServletRequest request) {
        Caller caller = Caller.controller(request);
        if (!SupplierTerms.isId(id)) {
            throw unknown();
        }
        StateRequest why =
                Rejections.orProblem(QualificationJson.readState(Bodies.json(request), rules.now(Mode.STRICT)));
        return ReferenceAnswers.answer(
                register.withdraw(id, why.reasonCode(), Authorship.of(request, caller, why.reason())),
                200,
                ShownSupplier::of,
                Admitted::version,
                unknown());
    }

    @GetMapping(INSTITUTIONS)
    ShownInstitutions institutions(@RequestParam(required = false) @Nullable String asOf, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        Suppliers known = knownAt(asOf);
        Institutions everything = register.ofFile().with(known);
        Map<String, ShownInstitution> all = new LinkedHashMap<>();
        register.ofFile().institutions().forEach(each -> all.put(each.number(), ShownInstitution.of(each, everything)));
        known.listed().forEach((number, each) -> all.put(number, ShownInstitution.of(each)));
        return new ShownInstitutions(all.values().stream()
                .sorted(Comparator.comparing(ShownInstitution::number))
                .toList());
    }

    @GetMapping(INSTITUTION)
    ResponseEntity<ShownInstitution> institution(@PathVariable String number, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        Suppliers known = knownAt(null);
        ShownInstitution found = known.institution(number)
                .map(ShownInstitution::of)
                .or(() -> register.ofFile()
                        .institution(number)
                        .map(each -> ShownInstitution.of(each, register.ofFile().with(known))))
                .orElseThrow(SupplierApi::unknown);
        return ReferenceAnswers.tagged(200, found.version(), found);
    }

    @GetMapping(INSTITUTION + "/history")
    InstitutionHistory institutionHistory(@PathVariable String number, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        List<Listed> versions = Suppliers.historyOfInstitution(register.changes(), number);
        if (versions.isEmpty() && register.ofFile().institution(number).isEmpty()) {
            throw unknown();
        }
        return new InstitutionHistory(
                versions.stream().map(ShownInstitution::of).toList());
    }

    @PutMapping(INSTITUTION)
    ResponseEntity<ShownInstitution> list(@PathVariable String number, HttpServletRequest request) {
        Caller caller = Caller.controller(request);
        if (!NUMBER.matcher(number).matches()) {
            throw ProblemException.at(ProblemCode.MALFORMED, "path", "An institution's number is digits, six at most.");
        }
        SupplierJson.ListInstitution read = Rejections.orProblem(
                SupplierJson.readInstitution(Bodies.json(request), rules.now(Mode.STRICT), number));
        if (!taxonomy.now().isAwardingBody(read.institution().type())) {
            throw Rejections.problem(List.of(new Rejection(
                    RejectionCode.VALUE_NOT_IN_TAXONOMY, "/type", "must be a kind of awarding body of the taxonomy")));
        }
        return ReferenceAnswers.answer(
                register.list(
                        read.institution(),
                        ReferenceAnswers.expected(request),
                        Authorship.of(request, caller, read.reason())),
                201,
                ShownInstitution::of,
                Listed::version,
                unknown());
    }

    private Suppliers knownAt(@Nullable String asOf) {
        Instant moment = ReferenceAnswers.moment(asOf);
        return Suppliers.of(register.changes().stream()
                .filter(change -> moment == null || !change.recordedAt().isAfter(moment))
                .toList());
    }

    private static ProblemException unknown() {
        return ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "There is no such supplier or institution.");
    }
}
