package eu.diplomatics.query.caller;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Takes callers at their word: {@code X-Caller: agency:ID}. A citizen is {@code citizen:INSZ}; a national number in a
 * header is bearable only because nothing but this machine can send or see it.
 */
@Component
@Profile("insecure & !tokens")
final class SaidByHeader implements CallerResolver {
    private static final Pattern FORM =
            Pattern.compile("(supplier|agency|citizen|controller|dpo|auditor):([A-Za-z0-9][A-Za-z0-9._-]{0,63})");

    @Override
    public Optional<Caller> resolve(HttpServletRequest request) {
        String said = request.getHeader("X-Caller");
        if (said == null) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(said);
        return matcher.matches()
                ? Optional.of(
                        new Caller(Caller.Role.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), matcher.group(2)))
                : Optional.empty();
    }
}
