package eu.diplomatics.registry.transparency;

import eu.diplomatics.sealing.TimeStamper;
import java.util.List;

/** The time-stamp authorities that are asked to stamp checkpoints. */
public record Stampers(List<TimeStamper> all) {}
