package eu.diplomatics.registry.registration;

/** A command with the part of its work done that does not wait for the log; to be handled once, in its turn. */
public sealed interface PreparedRegistrations permits RegistrationHandler.FirstAttempt {}
