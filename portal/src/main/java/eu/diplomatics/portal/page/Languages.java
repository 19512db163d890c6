package eu.diplomatics.portal.page;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.util.WebUtils;

/**
 * In which language somebody reads: as the link in the address says, which is remembered in a cookie; else as the cookie
 * says; else the first that the browser asks for and these pages have; else Dutch.
 */
final class Languages implements LocaleResolver, HandlerInterceptor {
    static final String PARAMETER = "lang";
    static final String COOKIE = "__Host-language";

    /** With the country, for dates and for the names of countries and languages. */
    static final List<Locale> ALL = List.of(Locale.of("nl", "BE"), Locale.of("en", "IE"));

    private static final Duration REMEMBERED = Duration.ofDays(365);

    @Override
    public Locale resolveLocale(HttpServletRequest request) {
        Optional<Locale> asked = byCode(request.getParameter(PARAMETER));
        if (asked.isPresent()) {
            return asked.get();
        }
        Cookie remembered = WebUtils.getCookie(request, COOKIE);
        return Optional.ofNullable(remembered)
                .map(Cookie::getValue)
                .flatMap(Languages::byCode)
                .or(() -> preferred(request))
                .orElseGet(ALL::getFirst);
    }

    private static Optional<Locale> preferred(HttpServletRequest request) {
        // where the browser says nothing the container would say what this machine speaks
        return request.getHeader(HttpHeaders.ACCEPT_LANGUAGE) == null
                ? Optional.empty()
                : Collections.list(request.getLocales()).stream()
                        .map(wanted -> byCode(wanted.getLanguage()))
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    private static Optional<Locale> byCode(@Nullable String code) {
        return ALL.stream()
                .filter(language -> language.getLanguage().equals(code))
                .findFirst();
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        byCode(request.getParameter(PARAMETER))
                .ifPresent(language -> response.addHeader(
                        HttpHeaders.SET_COOKIE,
                        ResponseCookie.from(COOKIE, language.getLanguage())
                                .path("/")
                                .secure(true)
                                .httpOnly(true)
                                .sameSite("Lax")
                                .maxAge(REMEMBERED)
                                .build()
                                .toString()));
        response.setHeader(HttpHeaders.CONTENT_LANGUAGE, resolveLocale(request).getLanguage());
        return true;
    }

    @Override
    public void setLocale(
            HttpServletRequest request, @Nullable HttpServletResponse response, @Nullable Locale language) {
        throw new UnsupportedOperationException("the link in the address decides");
    }
}
