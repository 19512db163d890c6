package eu.diplomatics.query.problem;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses query parameters that the address does not have, that stand there twice or are empty. Spring would take the first
 * of two, drop what it does not know and read nothing as absent: {@code asof=2020-01-01} would be answered as of today.
 */
@Component
final class QueryParameters implements HandlerInterceptor, WebMvcConfigurer {
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String query = request.getQueryString();
        if (query == null
                || request.getDispatcherType() != DispatcherType.REQUEST
                || !(handler instanceof HandlerMethod method)
                || !method.getBeanType().getName().startsWith("eu.diplomatics.")) {
            return true;
        }
        check(query, names(method));
        return true;
    }

    static void check(String query, Set<String> names) {
        Set<String> seen = new HashSet<>();
        for (String stated : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int end = stated.indexOf('=');
            String name = decoded(end < 0 ? stated : stated.substring(0, end));
            if (!names.contains(name)) {
                // its name is the caller's text
                throw ProblemException.at(
                        ProblemCode.UNKNOWN_FIELD, "parameter", "The address does not have all of these parameters.");
            }
            if (!seen.add(name)) {
                throw ProblemException.at(
                        ProblemCode.DUPLICATE_KEY, "parameter/" + name, "The parameter stands there twice.");
            }
            if (end < 0 || end == stated.length() - 1) {
                throw ProblemException.at(ProblemCode.MALFORMED, "parameter/" + name, "The parameter is empty.");
            }
        }
    }

    private static Set<String> names(HandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                .map(QueryParameters::name)
                .collect(Collectors.toSet());
    }

    private static String name(MethodParameter parameter) {
        RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
        return annotation == null || annotation.name().isEmpty()
                ? parameter.getParameter().getName()
                : annotation.name();
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
