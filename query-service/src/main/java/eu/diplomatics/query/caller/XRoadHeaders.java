package eu.diplomatics.query.caller;

import eu.diplomatics.accesslog.XRoad;
import eu.diplomatics.query.problem.ProblemCode;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The headers that an X-Road security server passes on with a REST call (PR-REST 1.0, section 4.3): all or none, each once, bounded
 * in alphabet and length. Answers have none of them: the security server sets its own.
 */
public final class XRoadHeaders {
    private static final String CLIENT = "X-Road-Client";
    private static final String ID = "X-Road-Id";
    private static final int LONGEST = 255;
    /** Of an identifier, percent-encoded UTF-8; no control characters. */
    private static final String PART = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[2-9A-Fa-f][0-9A-Fa-f])+";

    private static final Pattern MEMBER = Pattern.compile(PART + "(?:/" + PART + "){2,3}");
    private static final Pattern SERVICE = Pattern.compile(PART + "(?:/" + PART + "){3,4}");
    private static final Pattern SERVER = Pattern.compile(PART + "(?:/" + PART + "){3}");
    private static final Pattern PARTY = Pattern.compile(PART + "(?:/" + PART + ")?");
    private static final Pattern TEXT = Pattern.compile("[!-~](?:[ -~]{0,126}[!-~])?");
    private static final Pattern SHA_512 = Pattern.compile("[A-Za-z0-9+/]{86}==");

    private XRoadHeaders() {}

    /**
     * What they say; empty where there are none.
     *
     * @throws ProblemException {@code MALFORMED}, which names the header, never its value
     */
    public static Optional<XRoad> of(HttpServletRequest request) {
        String client = header(request, CLIENT, MEMBER);
        String id = header(request, ID, TEXT);
        String requestId = header(request, "X-Road-Request-Id", TEXT);
        String userId = header(request, "X-Road-UserId", TEXT);
        String issue = header(request, "X-Road-Issue", TEXT);
        String party = header(request, "X-Road-Represented-Party", PARTY);
        // known already, or without a meaning in a request: looked at, and not kept
        String service = header(request, "X-Road-Service", SERVICE);
        String server = header(request, "X-Road-Security-Server", SERVER);
        String hash = header(request, "X-Road-Request-Hash", SHA_512);
        if (client != null && id != null) {
            return Optional.of(new XRoad(id, requestId, client, userId, issue, party));
        }
        boolean any = client != null
                || id != null
                || requestId != null
                || userId != null
                || issue != null
                || party != null
                || service != null
                || server != null
                || hash != null;
        if (any) {
            throw malformed(client == null ? CLIENT : ID, "A call through X-Road names its client and its message.");
        }
        return Optional.empty();
    }

    private static @Nullable String header(HttpServletRequest request, String name, Pattern form) {
        List<String> values = Collections.list(request.getHeaders(name));
        if (values.isEmpty()) {
            return null;
        }
        String value = values.getFirst();
        if (values.size() > 1
                || value.length() > LONGEST
                || !form.matcher(value).matches()) {
            throw malformed(name, "The header stands there twice, or not as X-Road's protocol for REST has it.");
        }
        return value;
    }

    private static ProblemException malformed(String name, String message) {
        return ProblemException.at(ProblemCode.MALFORMED, "header/" + name, message);
    }
}
