package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.AccessIndexRotation;
import eu.diplomatics.keyring.AccessIndexRotation.NotThereException;

/** The rotation of the keys by which people are found in the access log. */
final class AccessLogIndexOperation implements KeyOperation {
    static final String KIND = "access-log-index";

    private final AccessIndexRotation rotation;

    AccessLogIndexOperation(AccessIndexRotation rotation) {
        this.rotation = rotation;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String description() {
        return "writes new rows of the access log under the next version of its index keys, made at the custodian before;"
                + " older rows keep theirs and are searched under it";
    }

    @Override
    public void run(Run run) {
        // decided once: one that was killed after the version came into use brings no further one into use
        int version = Integer.parseInt(run.once(() -> Integer.toString(rotation.next())));
        try {
            rotation.run(version, run);
        } catch (NotThereException e) {
            throw new KeyOperationException(toDo(e.custodianKey(), e.finding()), e);
        }
    }

    private static String toDo(String key, String finding) {
        return switch (finding) {
            case "KEY_UNKNOWN" ->
                "the custodian lacks " + key + " at one site or more: its operators make it at all, then ask again";
            case "SITES_DIFFER" ->
                "the custodian's sites have different keys named " + key
                        + ": its operators repair the one whose check value is wrong, then ask again";
            case "KEY_NOT_ALLOWED" ->
                "the custodian does not let the query-service use " + key
                        + ": its operators configure it, then ask again";
            case "NOBODY_LOOKED" ->
                "no query-service has looked whether the custodian has " + key + ": start one, then ask again";
            default ->
                "whether every site of the custodian has " + key + " cannot be told (" + finding
                        + "): repair it, then ask again";
        };
    }
}
