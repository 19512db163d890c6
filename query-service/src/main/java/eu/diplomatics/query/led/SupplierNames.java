package eu.diplomatics.query.led;

import eu.diplomatics.qualification.Suppliers;
import eu.diplomatics.query.disclosure.SupplierBook;
import eu.diplomatics.taxonomy.Institutions;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Suppliers by name, as the LED names them: as the controller says, else as the file does; their id where no name is known, and
 * while what the controller says does not open.
 */
record SupplierNames(Institutions file, SupplierBook book) {
    private static final int LONGEST = 100;

    /** From ids to names, as known at this moment. */
    UnaryOperator<String> now() {
        Optional<Suppliers> known = book.known();
        return id -> known.flatMap(changed -> name(changed, id))
                .filter(name -> name.length() <= LONGEST)
                .orElse(id);
    }

    /** One that was withdrawn is named still: it registered what is answered. */
    private Optional<String> name(Suppliers changed, String id) {
        return changed.supplier(id)
                .map(admitted -> admitted.terms().name())
                .or(() -> file.supplier(id).map(Institutions.Supplier::name));
    }
}
