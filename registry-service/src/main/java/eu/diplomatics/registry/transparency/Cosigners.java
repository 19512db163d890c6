package eu.diplomatics.registry.transparency;

import eu.diplomatics.sealing.Cosigner;
import java.util.List;

/** The witnesses that are asked to cosign. */
public record Cosigners(List<Cosigner> all) {}
