package eu.diplomatics.qualification;

import org.jspecify.annotations.Nullable;

/**
 * What a supplier asks to register, normalised; the same whatever format it came in.
 *
 * @param derived derived data that came with the record, in {@link Mode#LEGACY} only
 */
public record RegistrationRequest(
        String supplierReference,
        HolderIdentity holder,
        Basis basis,
        @Nullable Derived derived) {

    /**
     * Whether registering this again, under the same supplier and supplier reference, repeats what was recorded: the same
     * holder and the same basis data, after normalisation. Derived data do not count.
     */
    public boolean repeats(HolderIdentity recordedHolder, Basis recordedBasis) {
        return holder.equals(recordedHolder) && basis.equals(recordedBasis);
    }

    @Override
    public String toString() {
        return "RegistrationRequest[redacted]";
    }
}
