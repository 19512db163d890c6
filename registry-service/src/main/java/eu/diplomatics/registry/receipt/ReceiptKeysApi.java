package eu.diplomatics.registry.receipt;

import eu.diplomatics.receipt.Jwks;
import java.util.ArrayList;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The public keys with which anybody verifies a receipt. */
@RestController
final class ReceiptKeysApi {
    private final Receipts receipts;
    private final ImportedReceiptKeys imported;

    ReceiptKeysApi(Receipts receipts, ImportedReceiptKeys imported) {
        this.receipts = receipts;
        this.imported = imported;
    }

    /** Those of this registry first, the newest before the others; then those of the one whose log it took over. */
    @GetMapping("/v1/receipt-keys")
    Jwks keys() {
        List<Jwks.Jwk> keys = new ArrayList<>(receipts.keys().keys());
        keys.addAll(imported.keys());
        return new Jwks(keys);
    }
}
