package eu.diplomatics.eventstore;

import java.util.List;
import java.util.UUID;

/**
 * Events that are appended together or not at all.
 *
 * @param command the client's id of the command: a unit with a known command is answered with what was appended then
 */
public record AppendUnit(UUID command, List<SealedEvent> events, List<Condition> conditions) {}
