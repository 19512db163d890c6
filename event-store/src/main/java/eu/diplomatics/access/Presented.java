package eu.diplomatics.access;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows.
 *
 * @param address as the caller addressed it: a proof of possession names it
 * @param authorization all headers {@code Authorization}
 * @param proofs all headers {@code DPoP}
 * @param certificate the caller's, from mutual TLS with this very program
 */
public record Presented(
        String method,
        URI address,
        List<String> authorization,
        List<String> proofs,
        @Nullable X509Certificate certificate) {
    public Presented {
        authorization = List.copyOf(authorization);
        proofs = List.copyOf(proofs);
    }

    @Override
    public String toString() {
        return "Presented[" + method + "]";
    }
}
