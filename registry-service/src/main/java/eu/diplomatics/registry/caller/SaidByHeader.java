package eu.diplomatics.registry.caller;

import eu.diplomatics.registry.caller.Caller.Role;
import eu.diplomatics.taxonomy.InstitutionsNow;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Takes callers at their word, as {@code X-Caller: supplier:ID}. Only in the profile {@code insecure}. */
@Component
@Profile("insecure & !tokens")
final class SaidByHeader implements CallerResolver {
    private static final Logger LOG = LoggerFactory.getLogger(SaidByHeader.class);
    private static final String HEADER = "X-Caller";
    private static final Pattern SHAPE =
            Pattern.compile("(supplier|agency|citizen|controller):([A-Za-z0-9][A-Za-z0-9._-]{0,63})");

    private final InstitutionsNow institutions;

    SaidByHeader(InstitutionsNow institutions) {
        this.institutions = institutions;
        LOG.warn("profile insecure: every caller on this machine is taken at its word");
    }

    @Override
    public Optional<Caller> resolve(HttpServletRequest request) {
        String said = request.getHeader(HEADER);
        Matcher matcher = SHAPE.matcher(said == null ? "" : said);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return switch (matcher.group(1)) {
            case "supplier" -> Suppliers.caller(institutions.now(), matcher.group(2));
            case "agency" -> Optional.of(new Caller(Role.AGENCY, matcher.group(2)));
            case "citizen" -> Optional.of(new Caller(Role.CITIZEN, matcher.group(2)));
            default -> Optional.of(new Caller(Role.CONTROLLER, matcher.group(2)));
        };
    }
}
