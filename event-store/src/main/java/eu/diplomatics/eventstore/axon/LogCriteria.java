package eu.diplomatics.eventstore.axon;

import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.EventCriterion;

/** Axon's criteria in the terms of the log. */
final class LogCriteria {
    private final EventVaultPort vault;

    LogCriteria(EventVaultPort vault) {
        this.vault = vault;
    }

    /** One condition for each alternative of the criteria, all after the same position. */
    List<Condition> after(long position, EventCriteria criteria) {
        if (!criteria.hasCriteria()) {
            return List.of(new Condition(position, List.of(), Set.of()));
        }
        List<Condition> conditions = new ArrayList<>();
        for (EventCriterion criterion : criteria.flatten()) {
            conditions.add(new Condition(
                    position,
                    criterion.tags().stream().map(this::tag).toList(),
                    criterion.types().stream().map(vault::type).collect(Collectors.toUnmodifiableSet())));
        }
        return conditions;
    }

    private Tag tag(org.axonframework.messaging.eventstreaming.Tag tag) {
        return tag.key().equals(Placement.STREAM_TAG) ? Tag.stream(UUID.fromString(tag.value())) : vault.tag(tag);
    }
}
