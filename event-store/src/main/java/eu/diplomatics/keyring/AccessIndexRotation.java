package eu.diplomatics.keyring;

import eu.diplomatics.keyring.AccessIndexVersions.State;
import eu.diplomatics.keyring.AccessIndexVersions.Version;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Brings the next version of the access log's index keys into use. The registry makes our half and asks for the version;
 * whether the custodian's half is there only the query side can tell, whose certificate may use it
 * ({@link AccessIndexCheck}). Nobody writes under a version before that, and no row is touched. Throws as {@link Keyring}
 * does.
 */
public final class AccessIndexRotation {
    private static final String ASK = "SELECT keyring.ask_access_index(?)";
    private static final String WITHDRAW = "SELECT keyring.withdraw_access_index(?)";
    private static final Duration POLL = Duration.ofMillis(250);

    private final Keyring keyring;
    private final AccessIndexVersions versions;
    private final Duration patience;

    /** @param patience how long the query side may take to look */
    public AccessIndexRotation(Keyring keyring, AccessIndexVersions versions, Duration patience) {
        this.keyring = keyring;
        this.versions = versions;
        this.patience = patience;
    }

    /** Why a version is not in use; everything is as it was. */
    public static final class NotThereException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String custodianKey;
        private final String finding;

        NotThereException(String custodianKey, String finding) {
            super(custodianKey + ": " + finding);
            this.custodianKey = custodianKey;
            this.finding = finding;
        }

        /** The custodian's name of its half. */
        public String custodianKey() {
            return custodianKey;
        }

        /** As {@link Version#finding}, and {@code NOBODY_LOOKED} when no query side did. */
        public String finding() {
            return finding;
        }
    }

    /** The version to bring into use: the one after the newest that ever was. */
    public int next() {
        return versions.read().stream()
                        .filter(version -> version.confirmedAt() != null)
                        .mapToInt(Version::number)
                        .max()
                        .orElse(0)
                + 1;
    }

    /**
     * Goes through to the end, from wherever an earlier run for the same version stopped.
     *
     * @param version from {@link #next}, decided once
     * @throws NotThereException when it cannot be used yet
     */
    public void run(int version, RotationWatch watch) {
        watch.step("our half");
        if (!isConfirmed(find(version).map(Version::state).orElse(null))) {
            keyring.secret(AccessIndexVersions.ourHalf(version)).close();
        }
        watch.step("ask");
        if (isConfirmed(call(ASK, version))) {
            return;
        }
        watch.step("the custodian's half");
        Optional<Version> looked = await(version, watch);
        if (!isConfirmed(call(WITHDRAW, version))) {
            throw new NotThereException(
                    AccessIndexVersions.custodianKey(version),
                    looked.map(Version::finding).orElse("NOBODY_LOOKED"));
        }
    }

    private Optional<Version> await(int version, RotationWatch watch) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<Version> looked = find(version).filter(found -> found.lookedAt() != null);
            if (looked.isPresent() || System.nanoTime() > deadline) {
                return looked;
            }
            watch.progress(0, 0);
            LockSupport.parkNanos(POLL.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new KeysUnavailableException("interrupted while waiting for the query side");
            }
        }
    }

    private Optional<Version> find(int version) {
        return versions.read().stream().filter(each -> each.number() == version).findFirst();
    }

    private @Nullable State call(String sql, int version) {
        return versions.call(sql, version) instanceof String state ? State.valueOf(state) : null;
    }

    private static boolean isConfirmed(@Nullable State state) {
        return state == State.CONFIRMED || state == State.ENDED;
    }
}
