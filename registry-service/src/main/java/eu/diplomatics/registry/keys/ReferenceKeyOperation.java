package eu.diplomatics.registry.keys;

import eu.diplomatics.generation.TagRotation;
import eu.diplomatics.generation.TagRotation.TagsChangedException;

/** The rotation of the key that supplier references are tagged with. */
final class ReferenceKeyOperation implements KeyOperation {
    private final TagRotation rotation;

    ReferenceKeyOperation(TagRotation rotation) {
        this.rotation = rotation;
    }

    @Override
    public String kind() {
        return ReferenceTagger.KEY;
    }

    @Override
    public String description() {
        return "tags supplier references under a new key, from the log, and drops the old tags";
    }

    @Override
    public void run(Run run) {
        try {
            rotation.run(run.id(), run);
        } catch (TagsChangedException e) {
            throw new KeyOperationException(
                    "the stored tags are not those of the events: repair them, nothing was switched", e);
        }
    }
}
