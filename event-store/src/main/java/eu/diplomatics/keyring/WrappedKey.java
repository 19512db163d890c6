package eu.diplomatics.keyring;

/**
 * A key as a custodian wrapped it. Opaque: a JSON object that only the custodian that made it understands, kept as it
 * is ({@code {custodian, label, mechanism, iv, ciphertext}} today; other devices differ).
 */
public record WrappedKey(String json) {}
