package eu.diplomatics.query.led;

import eu.diplomatics.taxonomy.Institutions;

/** Suppliers by name, as the LED names them; their id where no name is known. */
record SupplierNames(Institutions institutions) {
    private static final int LONGEST = 100;

    String of(String id) {
        String name = institutions.supplier(id).map(Institutions.Supplier::name).orElse(id);
        return name.length() > LONGEST ? id : name;
    }
}
