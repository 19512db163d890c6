package eu.diplomatics.registry.receipt;

import eu.diplomatics.receipt.Jwks;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The public keys with which anybody verifies a receipt. */
@RestController
final class ReceiptKeysApi {
    private final Receipts receipts;

    ReceiptKeysApi(Receipts receipts) {
        this.receipts = receipts;
    }

    @GetMapping("/v1/receipt-keys")
    Jwks keys() {
        return receipts.keys();
    }
}
