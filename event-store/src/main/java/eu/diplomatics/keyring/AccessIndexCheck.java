package eu.diplomatics.keyring;

import eu.diplomatics.keyring.AccessIndexVersions.State;
import eu.diplomatics.keyring.AccessIndexVersions.Version;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The query side's part in the rotation of the access log's index keys: whether both halves of a version that is asked for
 * are there, the custodian's at every site and the same, and whether rows still stand under an old one. Done by any
 * instance, over and over. Throws as {@link Keyring} does.
 */
public final class AccessIndexCheck {
    private static final Logger LOG = LoggerFactory.getLogger(AccessIndexCheck.class);
    private static final String NOT_THERE = "SELECT keyring.access_index_not_there(?, ?)";
    private static final String CONFIRM = "SELECT keyring.confirm_access_index(?)";
    private static final String END = "SELECT keyring.end_access_index(?)";

    private final Keyring keyring;
    private final Consumer<String> requireAtEverySite;
    private final AccessIndexVersions versions;
    private String said = "";

    public AccessIndexCheck(Keyring keyring, Custodian custodian, AccessIndexVersions versions) {
        this(keyring, custodian::requireIndexKey, versions);
    }

    /** @param requireAtEverySite as {@link Custodian#requireIndexKey} */
    AccessIndexCheck(Keyring keyring, Consumer<String> requireAtEverySite, AccessIndexVersions versions) {
        this.keyring = keyring;
        this.requireAtEverySite = requireAtEverySite;
        this.versions = versions;
    }

    /** Confirms a version that is asked for, or says why not. */
    public synchronized void look() {
        for (Version version : versions.read()) {
            if (version.state() == State.ASKED) {
                look(version);
            }
        }
    }

    private void look(Version version) {
        Optional<String> finding = finding(version);
        if (finding.isPresent()) {
            versions.call(NOT_THERE, version.number(), finding.get());
            say(version, finding.get());
        } else if (Boolean.TRUE.equals(versions.call(CONFIRM, version.number()))) {
            LOG.info("{} is confirmed, and written under from in {}", version.custodianKey(), AccessIndexVersions.LEAD);
        }
    }

    private void say(Version version, String finding) {
        String now = version.custodianKey() + " is asked for and not used: " + finding;
        if (!now.equals(said)) {
            LOG.warn("{}", now);
            said = now;
        }
    }

    private Optional<String> finding(Version version) {
        if (!isOurHalfThere(version.number())) {
            return Optional.of("OUR_HALF_MISSING");
        }
        try {
            requireAtEverySite.accept(version.custodianKey());
            return Optional.empty();
        } catch (IndexKeysDifferException e) {
            return Optional.of("SITES_DIFFER");
        } catch (CustodianRefusalException e) {
            return Optional.of(e.code().matches("[A-Z_]{1,40}") ? e.code() : "NO_ANSWER");
        } catch (KeysUnavailableException e) {
            return Optional.of("NO_ANSWER");
        }
    }

    private boolean isOurHalfThere(int version) {
        return keyring.existingSecret(AccessIndexVersions.ourHalf(version))
                .map(half -> {
                    half.close();
                    return true;
                })
                .orElse(false);
    }

    /**
     * Ends the versions under which no row stands and none will.
     *
     * @param hasRows whether any row stands under a version
     */
    public synchronized void end(IntPredicate hasRows) {
        for (int version : versions.over()) {
            if (!hasRows.test(version) && Boolean.TRUE.equals(versions.call(END, version))) {
                LOG.info(
                        "{} has ended: no row of the access log stands under it",
                        AccessIndexVersions.custodianKey(version));
            }
        }
    }
}
