package eu.diplomatics.custodian;

/** The custodian's own signature, by the latest version of its receipt key. */
record ReceiptSigner(Token token) implements AuditLog.Signer {
    @Override
    public String label() {
        return KeyLabels.of(KeyLabels.RECEIPT_SIGNING, KeyLabels.latest(token.labels(), KeyLabels.RECEIPT_SIGNING));
    }

    @Override
    public byte[] publicKey(String label) {
        return token.publicKey(label);
    }

    @Override
    public byte[] sign(String label, byte[] message) {
        return token.sign(label, message);
    }
}
