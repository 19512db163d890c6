package eu.diplomatics.transparency;

import java.time.Instant;
import java.util.Optional;

/**
 * A signature that was verified.
 *
 * @param time when a witness says that it saw the tree, in whole seconds; a log's own signature has none
 */
public record VerifiedSignature(VerifierKey key, Optional<Instant> time) {}
