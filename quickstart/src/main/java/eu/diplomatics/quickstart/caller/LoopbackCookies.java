package eu.diplomatics.quickstart.caller;

import java.net.CookieHandler;
import java.net.HttpCookie;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The cookies of one visit to one provider, which nobody else is sent. As browsers do, it takes loopback for a secure place
 * (Secure Contexts, W3C), where Java's own manager never sends back a cookie that is {@code Secure}.
 */
final class LoopbackCookies extends CookieHandler {
    private final String provider;
    private final Map<String, String> cookies = new LinkedHashMap<>();

    LoopbackCookies(URI provider) {
        this.provider = provider.getAuthority();
    }

    @Override
    public Map<String, List<String>> get(URI address, Map<String, List<String>> headers) {
        return cookies.isEmpty() || !provider.equals(address.getAuthority())
                ? Map.of()
                : Map.of(
                        "Cookie",
                        List.of(cookies.entrySet().stream()
                                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                                .collect(Collectors.joining("; "))));
    }

    @Override
    public void put(URI address, Map<String, List<String>> headers) {
        if (!provider.equals(address.getAuthority())) {
            return;
        }
        List<HttpCookie> set = new ArrayList<>();
        headers.forEach((name, values) -> {
            if (name.equalsIgnoreCase("Set-Cookie")) {
                values.forEach(value -> set.addAll(HttpCookie.parse("Set-Cookie:" + value)));
            }
        });
        for (HttpCookie cookie : set) {
            if (cookie.getMaxAge() == 0) {
                cookies.remove(cookie.getName());
            } else {
                cookies.put(cookie.getName(), cookie.getValue());
            }
        }
    }
}
