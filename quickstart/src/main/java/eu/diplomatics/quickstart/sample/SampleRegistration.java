package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RegistrationRequest;
import java.util.List;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * A registration as its supplier would send it.
 *
 * @param supplier the supplier's id
 * @param followUps what happens to it later; mostly nothing
 */
public record SampleRegistration(String supplier, RegistrationRequest request, List<FollowUp> followUps) {
    private static final ObjectWriter WRITER = JsonMapper.builder()
            .addModule(QualificationJson.module())
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build()
            .writer();

    /** The body of the request that registers it: one line, in UTF-8, without a line break. */
    public byte[] json() {
        return WRITER.writeValueAsBytes(request);
    }

    @Override
    public String toString() {
        return "SampleRegistration[" + supplier + "]";
    }
}
