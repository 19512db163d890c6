package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Pkcs11Library.Slot;
import eu.diplomatics.custodian.TokenException.Reason;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a token behind PKCS #11, from which they cannot be taken. It is open or closed. Whatever the token cannot
 * do closes it; each later use tries to open it again, not more often than once a second, and only to a token that
 * still has all its keys. A refused PIN is never tried again, so that nothing here locks a token by trying; another one
 * is tried once. Each use has a time limit. One process at a time may use a token.
 */
final class Pkcs11Token implements Token {
    private static final Logger LOG = LoggerFactory.getLogger(Pkcs11Token.class);
    private static final int AT_ONCE = 8;
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final CustodianConfiguration.Token.Pkcs11 place;
    private final Supplier<char[]> pins;
    private final Pkcs11Library library;
    private final TimeLimit limit;
    private final TokenLog log;
    /** Shared by uses; alone are those who make or destroy a key, or open the token. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    /** Null while closed. */
    private volatile @Nullable Pkcs11Session session;

    /** Open or not: ended before the next one begins. */
    private @Nullable Pkcs11Session latest;

    private char[] pin;
    private boolean pinRefused;
    private boolean closedForGood;
    /** Why it is closed. */
    private volatile TokenException problem;

    private long nextTry = System.nanoTime();
    private Set<String> known = Set.of();

    private Pkcs11Token(CustodianConfiguration.Token.Pkcs11 place, Supplier<char[]> pins) {
        this.place = place;
        this.pins = pins;
        this.pin = pins.get().clone();
        this.problem = new TokenException(Reason.UNAVAILABLE, "token " + place.label() + " is closed");
        this.library = Pkcs11Library.load(place.library());
        this.limit = new TimeLimit(place.timeLimit(), AT_ONCE);
        this.log = new TokenLog(place.label());
    }

    /** Makes these keys in a token that has none. */
    static Pkcs11Token create(CustodianConfiguration.Token.Pkcs11 place, char[] pin, Map<String, KeyKind> first) {
        Pkcs11Token token = open(place, pin);
        try {
            if (!token.labels().isEmpty()) {
                throw new TokenException(
                        Reason.IN_USE, "token " + place.label() + " has keys already and is left as it is");
            }
            first.forEach(token::create);
            return token;
        } catch (RuntimeException e) {
            token.close();
            throw e;
        }
    }

    static Pkcs11Token open(CustodianConfiguration.Token.Pkcs11 place, char[] pin) {
        return open(place, () -> pin);
    }

    /** @param pins asked again once a PIN was refused */
    static Pkcs11Token open(CustodianConfiguration.Token.Pkcs11 place, Supplier<char[]> pins) {
        Pkcs11Token token = new Pkcs11Token(place, pins);
        try {
            token.check();
            return token;
        } catch (RuntimeException e) {
            token.close();
            throw e;
        }
    }

    @Override
    public String technology() {
        return "pkcs11";
    }

    @Override
    public boolean hardware() {
        return place.hardware();
    }

    @Override
    public String signatureAlgorithm() {
        return Pkcs11Session.SIGNATURE;
    }

    @Override
    public void check() {
        using(lock.readLock(), Pkcs11Session::check);
    }

    @Override
    public List<String> labels() {
        return using(lock.readLock(), open -> List.copyOf(open.labels()));
    }

    @Override
    public boolean has(String label) {
        return labels().contains(label);
    }

    @Override
    public void create(String label, KeyKind kind) {
        // the usual case, in which others need not wait
        if (using(lock.readLock(), open -> open.has(label, kind))) {
            return;
        }
        using(lock.writeLock(), open -> {
            if (!open.has(label, kind)) {
                add(open, label, kind, slot -> Pkcs11Login.make(place.library(), slot, pin, label, kind));
            }
            return label;
        });
    }

    @Override
    public void bring(String label, byte[] secret) {
        using(lock.writeLock(), open -> {
            add(open, label, KeyKind.DIGEST, slot -> Pkcs11Login.bring(place.library(), slot, pin, label, secret));
            return label;
        });
    }

    private interface Making {
        void in(Slot slot) throws GeneralSecurityException;
    }

    private void add(Pkcs11Session open, String label, KeyKind kind, Making making) throws GeneralSecurityException {
        open.checkFree(label);
        Slot slot = library.find(place.label());
        // closed until the key is surely there
        session = null;
        open.close();
        making.in(slot);
        Pkcs11Session fresh = opened(slot);
        if (!fresh.has(label, kind)) {
            throw new ProviderException("the key that was made is not there");
        }
        session = fresh;
    }

    @Override
    public void destroy(String label) {
        using(lock.writeLock(), open -> {
            try {
                open.destroy(label);
            } finally {
                // also when it is not sure: a token without this key is opened again, and the caller asks again
                Set<String> rest = new TreeSet<>(known);
                rest.remove(label);
                known = rest;
            }
            return label;
        });
    }

    @Override
    public Sealed wrap(String label, byte[] context, byte[] plaintext) {
        return using(lock.readLock(), open -> open.wrap(label, context, plaintext));
    }

    @Override
    public byte[] unwrap(String label, byte[] context, Sealed sealed) {
        return using(lock.readLock(), open -> open.unwrap(label, context, sealed));
    }

    @Override
    public List<byte[]> digest(String label, List<byte[]> values) {
        return using(lock.readLock(), open -> open.digest(label, values));
    }

    @Override
    public byte[] sign(String label, byte[] message) {
        return using(lock.readLock(), open -> open.sign(label, message));
    }

    @Override
    public byte[] publicKey(String label) {
        return using(lock.readLock(), open -> open.publicKey(label));
    }

    @Override
    public void close() {
        try {
            limit.call(() -> {
                lock.writeLock().lock();
                try {
                    session = null;
                    endLatest();
                    closedForGood = true;
                    library.close();
                    return place;
                } finally {
                    lock.writeLock().unlock();
                }
            });
        } catch (TokenException e) {
            LOG.warn("token {} is left as it is: {}", place.label(), e.getMessage());
        }
        limit.close();
        Arrays.fill(pin, '\0');
    }

    private interface Use<T> {
        T apply(Pkcs11Session open) throws GeneralSecurityException;
    }

    private <T> T using(Lock with, Use<T> use) {
        T answer;
        try {
            answer = limit.call(() -> used(with, use));
        } catch (TokenException e) {
            if (e.reason() == Reason.SLOW || e.reason() == Reason.HANGING) {
                log.problem(e);
            }
            throw e;
        }
        log.open();
        return answer;
    }

    private <T> T used(Lock with, Use<T> use) {
        openAgain();
        with.lock();
        try {
            Pkcs11Session open = session;
            if (open == null) {
                throw closed();
            }
            try {
                return use.apply(open);
            } catch (GeneralSecurityException | ProviderException e) {
                // the token is closed for all: what one key cannot do may be the first sign
                throw close(new TokenException(
                        Reason.UNAVAILABLE, "token " + place.label() + " is closed: " + e.getMessage(), e));
            } catch (TokenException e) {
                // who is alone has closed it already to make a key, in another login
                throw with == lock.writeLock() && session == null ? close(e) : e;
            }
        } finally {
            with.unlock();
        }
    }

    private TokenException close(TokenException e) {
        session = null;
        problem = e;
        pinRefused |= e.reason() == Reason.WRONG_PASSWORD;
        log.problem(e);
        return e;
    }

    private void openAgain() {
        if (session != null) {
            return;
        }
        lock.writeLock().lock();
        try {
            if (session != null) {
                return;
            }
            if (closedForGood || System.nanoTime() - nextTry < 0) {
                throw closed();
            }
            if (pinRefused) {
                takeAnotherPin();
            }
            try {
                session = opened();
            } catch (TokenException e) {
                throw close(e);
            } finally {
                nextTry = System.nanoTime() + PAUSE_NANOS;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void takeAnotherPin() {
        char[] now;
        try {
            now = pins.get();
        } catch (ConfigurationException e) {
            LOG.debug("no other PIN: {}", e.toString());
            throw closed();
        }
        if (Arrays.equals(now, pin)) {
            throw closed();
        }
        Arrays.fill(pin, '\0');
        pin = now.clone();
        pinRefused = false;
        LOG.info("token {}: there is another PIN, which is tried once", place.label());
    }

    private Pkcs11Session opened() {
        endLatest();
        library.restart();
        Slot slot = library.find(place.label());
        slot.checkDeclared(place.hardware());
        return opened(slot);
    }

    private Pkcs11Session opened(Slot slot) {
        Pkcs11Session fresh = Pkcs11Session.open(library, place.library(), slot, pin, known);
        latest = fresh;
        known = fresh.labels();
        return fresh;
    }

    private void endLatest() {
        if (latest != null) {
            latest.close();
        }
    }

    private TokenException closed() {
        return new TokenException(problem.reason(), String.valueOf(problem.getMessage()), problem);
    }
}
