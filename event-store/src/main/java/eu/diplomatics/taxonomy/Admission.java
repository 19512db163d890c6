package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.Derived;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCommand.CorrectQualification;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From a request that was read to a command: the supplier's mandate, the taxonomy, and what follows from them. */
public final class Admission {
    private final TaxonomyNow taxonomy;
    private final InstitutionsNow institutions;

    public Admission(TaxonomyNow taxonomy, InstitutionsNow institutions) {
        this.taxonomy = taxonomy;
        this.institutions = institutions;
    }

    /** Whether an id, or a sector's name as in the LED, is this supplier's. */
    public boolean isNamed(String supplier, String idOrName) {
        return institutions
                .now()
                .supplier(idOrName)
                .filter(found -> found.id().equals(supplier))
                .isPresent();
    }

    /** Derived data that came with a legacy record are kept as supplied; otherwise they are computed. */
    public Checked<RegisterQualification> register(String supplier, RegistrationRequest request, Mode mode) {
        return admit(
                supplier,
                request.basis(),
                request.derived(),
                mode,
                a -> new RegisterQualification(
                        a.supplier(),
                        request.supplierReference(),
                        request.holder(),
                        request.basis(),
                        a.derived(),
                        a.unlisted()));
    }

    /** A correction is held against the taxonomy as a new registration is. */
    public Checked<CorrectQualification> correct(String supplier, CorrectionRequest request, Mode mode) {
        return admit(
                supplier,
                request.basis(),
                null,
                mode,
                a -> new CorrectQualification(a.supplier(), request.basis(), a.derived(), a.unlisted()));
    }

    private record Admitted(String supplier, Derived derived, List<String> unlisted) {}

    private <T> Checked<T> admit(
            String supplier, Basis basis, @Nullable Derived supplied, Mode mode, Function<Admitted, T> command) {
        Institutions known = institutions.now();
        Taxonomy inForce = taxonomy.now();
        List<Rejection> rejections = new ArrayList<>();
        known.check(supplier, basis.institution(), mode).ifPresent(rejections::add);
        TaxonomyCheck check = inForce.check(basis, mode);
        rejections.addAll(check.rejections());
        if (!rejections.isEmpty()) {
            return new Checked.Invalid<>(rejections);
        }
        String id = known.supplier(supplier).orElseThrow().id();
        Derived derived = supplied == null ? inForce.derive(basis) : supplied;
        return Checked.valid(command.apply(new Admitted(id, derived, check.unlisted())));
    }
}
