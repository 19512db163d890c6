package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** R36: whoever asks says whom they ask about; nothing here leads from what people are or hold to who they are. */
class NoSearchByAttributeTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    /** Each address, and all that a caller can say to it. A new one stands here only after somebody thought about it. */
    private static final Map<String, Set<String>> KNOWN = Map.ofEntries(
            Map.entry("/error", Set.of()),
            Map.entry("/openapi.json", Set.of()),
            Map.entry("/v1/readiness", Set.of()),
            Map.entry("/v1/keys/inventory", Set.of()),
            Map.entry("/v1/keys/audit", Set.of()),
            Map.entry("/v1/consultations", Set.of("insz", "asOf")),
            Map.entry("/v1/consultations/batch", Set.of("insz")),
            Map.entry("/v1/predicates", Set.of("insz", "question")),
            Map.entry("/v1/qualifications/{reference}", Set.of("reference", "asOf")),
            Map.entry("/v1/qualifications/{reference}/history", Set.of("reference")),
            // no question about anybody
            Map.entry("/v1/mandates/mine", Set.of()),
            Map.entry("/v1/access-log/seal", Set.of()),
            Map.entry("/v1/access-log/mine", Set.of("limit", "cursor")),
            // who asked, never what somebody is or holds
            Map.entry("/v1/access-log/search", Set.of("insz", "from", "until", "agency", "purpose", "limit", "cursor")),
            Map.entry("/v1/access-log/sample", Set.of("from", "until", "agency", "purpose", "size")),
            // an agency's own notices, by their numbers
            Map.entry("/v1/notices", Set.of("after", "limit")),
            Map.entry("/v1/notices/keys", Set.of()),
            Map.entry("/v1/notices/acknowledgements", Set.of("upTo")),
            // whom a case is about; listed and closed by its id
            Map.entry("/v1/cases", Set.of("insz", "until", "after", "limit")),
            Map.entry("/v1/cases/{id}/closure", Set.of("id")),
            Map.entry("/v1/access-log/statistics", Set.of("from", "until")));

    @Test
    void noAddressTakesAnythingButWhoIsAskedAbout() {
        Map<String, Set<String>> served = new TreeMap<>();
        RequestMappingHandlerMapping mapping =
                service.query().bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        mapping.getHandlerMethods().forEach((info, method) -> {
            if (method.getBeanType().getName().startsWith("eu.diplomatics.")) {
                info.getPatternValues()
                        .forEach(path -> served.merge(path, said(method), NoSearchByAttributeTest::both));
            }
        });
        assertThat(served).isEqualTo(new TreeMap<>(KNOWN));
    }

    private static Set<String> both(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    private static Set<String> said(HandlerMethod handler) {
        Set<String> said = new TreeSet<>();
        Method method = handler.getMethod();
        for (Parameter parameter : method.getParameters()) {
            if (parameter.isAnnotationPresent(RequestBody.class)) {
                Arrays.stream(parameter.getType().getRecordComponents())
                        .map(RecordComponent::getName)
                        .forEach(said::add);
            } else if (parameter.isAnnotationPresent(PathVariable.class)
                    || parameter.isAnnotationPresent(RequestParam.class)) {
                said.add(parameter.getName());
            }
        }
        return said;
    }
}
