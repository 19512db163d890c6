package eu.diplomatics.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * So many rows of one artefact lie under one version of a key.
 *
 * @param store who holds the artefact, such as {@code keyring} or {@code eventstore}
 * @param artefact the table, or the kind of thing
 * @param part which rows of it, where they are told apart
 * @param key as in the key table of {@code docs/event-store-format.md}
 * @param version an id, a number, a name or, of an epoch key, {@code label@custodian}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Holding(
        String store, String artefact, @Nullable String part, String key, String version, long rows) {
    public static final String EPOCH_KEY = "epoch-key";
    public static final String KEK = "kek";
    public static final String DATA_KEYS = "data-keys";
    public static final String JOB_KEYS = "job-keys";
    public static final String HOLDER_INDEX = "holder-index";
    public static final String ACCESS_LOG_INDEX = "access-log-index";

    /** In the place of a version where the rows do not tell it: one version of the key has to be there. */
    public static final String ANY = "any";

    /** Under a named key whose version the rows do not tell. */
    public static Holding unversioned(String store, String artefact, String secret, long rows) {
        return new Holding(store, artefact, null, secret, ANY, rows);
    }

    /** A version of a key that lies in the keyring under its name, which may be followed by a number. */
    public static Holding named(String store, String artefact, String secret, long rows) {
        return new Holding(store, artefact, null, secret.replaceFirst("-\\d{1,6}$", ""), secret, rows);
    }

    /** Store and artefact, as a finding names them. */
    public String where() {
        return store + "." + artefact + (part == null ? "" : " " + part);
    }
}
