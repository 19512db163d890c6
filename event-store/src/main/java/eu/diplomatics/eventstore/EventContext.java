package eu.diplomatics.eventstore;

import java.util.UUID;

/**
 * What an event's ciphertext, commitment and leaf are bound to. Random ids and names of types only: all of it is stored
 * in clear.
 *
 * @param version position of the event within its stream, from 1
 * @param type stable name of the event, for example {@code QualificationRegistered}
 * @param typeVersion version of the event's shape, from 1
 */
public record EventContext(UUID stream, long version, String type, int typeVersion) {}
