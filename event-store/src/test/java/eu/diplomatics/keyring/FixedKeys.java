package eu.diplomatics.keyring;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A custodian that only indexes, under keys that the test knows. */
final class FixedKeys implements Custodian {
    final List<byte[]> seen = new ArrayList<>();
    int calls;
    private final Map<String, byte[]> keys;

    FixedKeys(Map<String, byte[]> keys) {
        this.keys = keys;
    }

    static SecretBytes secret(byte[] bytes) {
        return SecretBytes.copyOf(bytes);
    }

    @Override
    public List<byte[]> index(List<IndexRequest> requests) {
        calls++;
        requests.forEach(request -> seen.add(request.value()));
        return requests.stream()
                .map(request -> Hmac.sha256(Objects.requireNonNull(keys.get(request.keyLabel())), request.value()))
                .toList();
    }

    @Override
    public void checkReady() {}

    @Override
    public WrappedKey wrap(SecretBytes key, byte[] context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SecretBytes unwrap(WrappedKey wrapped, byte[] context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CustodianStatus status() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DestructionReceipt destroy(DestroyRequest request) {
        throw new UnsupportedOperationException();
    }
}
