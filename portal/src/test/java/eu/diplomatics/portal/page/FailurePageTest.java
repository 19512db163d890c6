package eu.diplomatics.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;

/** ASVS 6.8.4: who has to sign in again goes there, and back to a page of these. */
class FailurePageTest {
    private final FailurePage pages = new FailurePage();
    private final MockHttpSession visit = new MockHttpSession();

    private MockHttpServletResponse failed(String method, String path) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest(method, path);
        request.setSession(visit);
        MockHttpServletResponse response = new MockHttpServletResponse();
        pages.failed(new FailureException(Failure.SIGN_IN_AGAIN), request, response);
        return response;
    }

    @Test
    void from_a_page_that_was_only_opened_the_way_goes_on_by_itself() throws Exception {
        MockHttpServletResponse response = failed("GET", "/seal");
        assertThat(response.getStatus()).isEqualTo(303);
        assertThat(response.getHeader("Location")).isEqualTo("/sign-in?to=/seal");
        assertThat(visit.isInvalid()).as("the visit goes on until the next").isFalse();
    }

    @Test
    void an_address_that_is_no_page_is_not_repeated() throws Exception {
        assertThat(failed("GET", "//thief.example/seal").getHeader("Location")).isEqualTo("/sign-in");
    }

    @Test
    void where_a_form_was_sent_a_page_says_so() throws Exception {
        MockHttpServletResponse response = failed("POST", "/access-log");
        assertThat(response.getStatus()).isEqualTo(401);
        assertThat(response.getHeader("Location")).isNull();
    }
}
