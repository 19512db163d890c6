package eu.diplomatics.quickstart.provider;

import eu.diplomatics.quickstart.caller.CallerKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;

/**
 * Invented people sign in as {@code PART:ID}, a delegate as {@code delegate:NUMBER:REPRESENTED}, all with the one password
 * of this installation.
 */
final class SignIn implements AuthenticationProvider {
    /** Of a test person: the month is raised by 60. */
    private static final String NUMBER = "\\d{2}(?:6[0-9]|7[0-2])\\d{7}";

    private static final Pattern PEOPLE = Pattern.compile("citizen:" + NUMBER + "|delegate:" + NUMBER + ":" + NUMBER
            + "|(?:case-worker|institution-clerk|controller|dpo|auditor|operator):[a-z0-9][a-z0-9-]{0,39}");

    private final CallerKeys keys;

    SignIn(CallerKeys keys) {
        this.keys = keys;
    }

    @Override
    public Authentication authenticate(Authentication asked) {
        String password = String.valueOf(asked.getCredentials());
        boolean right;
        try {
            right = MessageDigest.isEqual(
                    password.getBytes(StandardCharsets.UTF_8), keys.password().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AuthenticationServiceException("the password cannot be read", e);
        }
        if (!right || !PEOPLE.matcher(asked.getName()).matches()) {
            throw new BadCredentialsException("not known");
        }
        return UsernamePasswordAuthenticationToken.authenticated(
                asked.getName(),
                "",
                List.of(FactorGrantedAuthority.withAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY)
                        .issuedAt(Instant.now())
                        .build()));
    }

    @Override
    public boolean supports(Class<?> type) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
    }
}
