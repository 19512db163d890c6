package eu.diplomatics.registry.caller;

import eu.diplomatics.registry.caller.Caller.Role;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.taxonomy.Institutions;
import java.util.List;
import java.util.Optional;

/** Suppliers as callers. */
final class Suppliers {
    private Suppliers() {}

    /**
     * Empty for one that nobody knows.
     *
     * @throws eu.diplomatics.registry.problem.ProblemException SUPPLIER_WITHDRAWN, for one that may register no more
     */
    static Optional<Caller> caller(Institutions known, String idOrName) {
        if (known.isWithdrawn(idOrName)) {
            throw Rejections.problem(List.of(Institutions.withdrawal()));
        }
        return known.supplier(idOrName).map(supplier -> new Caller(Role.SUPPLIER, supplier.id()));
    }
}
