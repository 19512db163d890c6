package eu.diplomatics.portal.signin;

import com.nimbusds.jose.jwk.ECKey;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.AuthenticatedPrincipal;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

/** Somebody who is signed in, for as long as their session lives in this process's memory. Written nowhere, told nobody. */
public final class SignedIn implements AuthenticatedPrincipal {
    public static final String CITIZEN = "citizen";
    public static final String DELEGATE = "delegate";

    private final String part;
    private final String party;
    private final String user;
    private final @Nullable Representing representing;
    private final Instant since;
    private final ECKey key;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Tokens tokens;
    private volatile @Nullable StepUp wanted;

    /**
     * @param representing for whom, where it is a delegate; null in other parts
     * @param key to which this visit's tokens are bound, made for it
     */
    SignedIn(
            String part,
            String party,
            String user,
            @Nullable Representing representing,
            Instant since,
            ECKey key,
            Tokens tokens) {
        this.part = part;
        this.party = party;
        this.user = user;
        this.representing = representing;
        this.since = since;
        this.key = key;
        this.tokens = tokens;
    }

    /** As what: {@code citizen}, {@code controller} and so on. */
    public String part() {
        return part;
    }

    /** For whom: a citizen's own national number. For the body of a request, never for an address. */
    public String party() {
        return party;
    }

    /** By which name the provider knows who it is. Of staff it stands in the access log; of citizens it may be their number. */
    public String user() {
        return user;
    }

    /** For whom a delegate stands; null in other parts. */
    public @Nullable Representing representing() {
        return representing;
    }

    /** Whether they work for somebody, and do not look at what is theirs, or that of whom they stand for. */
    public boolean isStaff() {
        return !part.equals(CITIZEN) && !part.equals(DELEGATE);
    }

    Instant since() {
        return since;
    }

    ECKey key() {
        return key;
    }

    /** Taken while a token is got anew: a refresh token that is used twice ends the whole visit. */
    ReentrantLock asking() {
        return asking;
    }

    Tokens tokens() {
        return tokens;
    }

    void renew(Tokens fresh) {
        tokens = fresh;
    }

    /** What a service asks of how this person signs in again; null where none did. */
    @Nullable
    StepUp wanted() {
        return wanted;
    }

    /** Keeps what a service asks of how this person signs in again. It never gets into an address. */
    public void wants(StepUp stepUp) {
        wanted = stepUp;
    }

    Authentication authentication() {
        return UsernamePasswordAuthenticationToken.authenticated(
                this, "", AuthorityUtils.createAuthorityList("ROLE_" + role(part)));
    }

    /** As a part is called among roles. */
    static String role(String part) {
        return part.toUpperCase(Locale.ROOT);
    }

    /** Not who it is: names get into logs. */
    @Override
    public String getName() {
        return part;
    }

    @Override
    public String toString() {
        return "SignedIn[redacted]";
    }
}
