package eu.diplomatics.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class LanguagesTest {
    private final Languages languages = new Languages();
    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    private String language() {
        return languages.resolveLocale(request).getLanguage();
    }

    @Test
    void the_link_comes_before_the_cookie_and_that_before_what_the_browser_asks_for() {
        request.addPreferredLocale(Locale.of("nl", "BE"));
        assertThat(language()).isEqualTo("nl");
        request.setCookies(new Cookie("__Host-language", "en"));
        assertThat(language()).isEqualTo("en");
        request.setParameter("lang", "nl");
        assertThat(language()).isEqualTo("nl");
    }

    @Test
    void of_what_the_browser_asks_for_the_first_is_taken_that_there_is_and_else_dutch() {
        request.addHeader("Accept-Language", "fr-BE, en;q=0.8, nl;q=0.5");
        assertThat(language()).isEqualTo("en");
        MockHttpServletRequest french = new MockHttpServletRequest();
        french.addHeader("Accept-Language", "fr");
        assertThat(languages.resolveLocale(french).getLanguage()).isEqualTo("nl");
        assertThat(languages.resolveLocale(new MockHttpServletRequest()).getLanguage())
                .as("nothing is asked for")
                .isEqualTo("nl");
    }

    @Test
    void a_language_that_there_is_not_is_neither_shown_nor_remembered() {
        request.addPreferredLocale(Locale.ENGLISH);
        request.setParameter("lang", "\"><script>");
        assertThat(language()).isEqualTo("en");
        languages.preHandle(request, response, this);
        assertThat(response.getHeader("Set-Cookie")).isNull();
        assertThat(response.getHeader("Content-Language")).isEqualTo("en");
    }

    @Test
    void the_choice_is_remembered_by_a_cookie_that_no_script_and_no_other_host_reads() {
        request.setParameter("lang", "en");
        languages.preHandle(request, response, this);
        assertThat(response.getHeader("Set-Cookie"))
                .startsWith("__Host-language=en;")
                .contains("Path=/", "Secure", "HttpOnly", "SameSite=Lax")
                .doesNotContain("Domain");
    }
}
