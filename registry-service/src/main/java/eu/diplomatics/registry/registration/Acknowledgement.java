package eu.diplomatics.registry.registration;

import eu.diplomatics.receipt.Receipt;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** What answers a change of a qualification: its receipt, with where it is and which version it is of. */
public final class Acknowledgement {
    private Acknowledgement() {}

    public static ResponseEntity<Receipt> of(int status, Receipt receipt, UUID reference, long version) {
        return ResponseEntity.status(status)
                .location(URI.create("/v1/qualifications/" + reference))
                .eTag(ETags.of(version))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(receipt);
    }
}
