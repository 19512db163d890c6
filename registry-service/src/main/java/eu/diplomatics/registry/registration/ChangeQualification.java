package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.QualificationCommand;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Change what is registered, or dispute it.
 *
 * @param command the same for every attempt, so that none counts twice
 * @param expectedVersion the version the caller has seen; null when it does not say
 */
record ChangeQualification(
        UUID command,
        UUID reference,
        QualificationCommand change,
        @Nullable Long expectedVersion,
        EventMetadata metadata) {}
