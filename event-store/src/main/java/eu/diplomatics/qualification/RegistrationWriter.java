package eu.diplomatics.qualification;

import eu.diplomatics.qualification.Basis.AdditionalInformation;
import eu.diplomatics.qualification.Basis.AlternativeBody;
import eu.diplomatics.qualification.Basis.Detail;
import eu.diplomatics.qualification.Derived.Code;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/**
 * Writes the two events that a registration is made of, which are nearly all there are: the same bytes as Jackson's
 * databinding writes, in a fraction of its time.
 */
final class RegistrationWriter {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();
    private static final SerializedString HOLDER = new SerializedString("holder");
    private static final SerializedString EVENT = new SerializedString("event");
    private static final SerializedString METADATA = new SerializedString("metadata");
    private static final SerializedString ACTOR = new SerializedString("actor");
    private static final SerializedString CHANNEL = new SerializedString("channel");
    private static final SerializedString REASON = new SerializedString("reason");
    private static final SerializedString CORRELATION = new SerializedString("correlation");
    private static final SerializedString IDENTITY = new SerializedString("identity");
    private static final SerializedString INSZ = new SerializedString("insz");
    private static final SerializedString FAMILY_NAME = new SerializedString("familyName");
    private static final SerializedString GIVEN_NAMES = new SerializedString("givenNames");
    private static final SerializedString BIRTH_DATE = new SerializedString("birthDate");
    private static final SerializedString LOCAL_NUMBER = new SerializedString("localNumber");
    private static final SerializedString SUPPLIER = new SerializedString("supplier");
    private static final SerializedString SUPPLIER_REFERENCE = new SerializedString("supplierReference");
    private static final SerializedString BASIS = new SerializedString("basis");
    private static final SerializedString DERIVED = new SerializedString("derived");
    private static final SerializedString UNLISTED = new SerializedString("unlisted");
    private static final SerializedString AUTHENTICITY = new SerializedString("authenticity");
    private static final SerializedString CATEGORY = new SerializedString("category");
    private static final SerializedString DEGREE = new SerializedString("degree");
    private static final SerializedString EDUCATION_FORM = new SerializedString("educationForm");
    private static final SerializedString FINALITY = new SerializedString("finality");
    private static final SerializedString VIA_RECOGNITION = new SerializedString("viaRecognition");
    private static final SerializedString KIND = new SerializedString("kind");
    private static final SerializedString STATE = new SerializedString("state");
    private static final SerializedString AWARDING_BODY = new SerializedString("awardingBody");
    private static final SerializedString SUBJECT = new SerializedString("subject");
    private static final SerializedString AWARDED_ON = new SerializedString("awardedOn");
    private static final SerializedString FULL_NAME = new SerializedString("fullName");
    private static final SerializedString COUNTRY = new SerializedString("country");
    private static final SerializedString LANGUAGE = new SerializedString("language");
    private static final SerializedString INSTITUTION = new SerializedString("institution");
    private static final SerializedString SCHOOL_TYPE = new SerializedString("schoolType");
    private static final SerializedString FIELD_OF_STUDY = new SerializedString("fieldOfStudy");
    private static final SerializedString SPECIALISATION = new SerializedString("specialisation");
    private static final SerializedString DETAIL = new SerializedString("detail");
    private static final SerializedString VALIDITY_PERIOD = new SerializedString("validityPeriod");
    private static final SerializedString ADULT_EDUCATION_HOURS = new SerializedString("adultEducationHours");
    private static final SerializedString ALTERNATIVE_BODIES = new SerializedString("alternativeBodies");
    private static final SerializedString ADDITIONAL_INFORMATION = new SerializedString("additionalInformation");
    private static final SerializedString NAME = new SerializedString("name");
    private static final SerializedString CODE = new SerializedString("code");
    private static final SerializedString NUMBER = new SerializedString("number");
    private static final SerializedString ROLE = new SerializedString("role");
    private static final SerializedString BODY = new SerializedString("body");
    private static final SerializedString CONTENT = new SerializedString("content");
    private static final SerializedString ISCED_FIELD_1997 = new SerializedString("iscedField1997");
    private static final SerializedString ISCED_FIELD_2013 = new SerializedString("iscedField2013");
    private static final SerializedString ISCED_LEVEL_1997 = new SerializedString("iscedLevel1997");
    private static final SerializedString ISCED_LEVEL_2011 = new SerializedString("iscedLevel2011");
    private static final SerializedString VKS_EDUCATION = new SerializedString("vksEducation");
    private static final SerializedString VKS_PROFESSIONAL = new SerializedString("vksProfessional");
    private static final SerializedString EQF = new SerializedString("eqf");
    private static final SerializedString TAXONOMY_VERSION = new SerializedString("taxonomyVersion");

    private final JsonGenerator json;

    private RegistrationWriter(JsonGenerator json) {
        this.json = json;
    }

    /** Null for an event of any other type. */
    static byte @Nullable [] write(UUID holder, DomainEvent event, EventMetadata metadata) {
        if (!(event instanceof QualificationRegistered || event instanceof HolderIdentified)) {
            return null;
        }
        ByteArrayBuilder bytes = new ByteArrayBuilder(1024);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            new RegistrationWriter(json).body(holder, event, metadata);
        }
        return bytes.toByteArray();
    }

    private void body(UUID holder, DomainEvent event, EventMetadata metadata) {
        json.writeStartObject();
        always(HOLDER, holder.toString());
        begin(EVENT);
        if (event instanceof QualificationRegistered registered) {
            registered(registered);
        } else if (event instanceof HolderIdentified(HolderIdentity identity)) {
            begin(IDENTITY);
            identity(identity);
            json.writeEndObject();
        }
        json.writeEndObject();
        begin(METADATA);
        always(ACTOR, metadata.actor());
        always(CHANNEL, metadata.channel());
        always(REASON, metadata.reason());
        always(CORRELATION, metadata.correlation());
        json.writeEndObject();
        json.writeEndObject();
    }

    private void identity(HolderIdentity identity) {
        switch (identity) {
            case HolderIdentity.ByInsz(Insz insz) -> always(INSZ, insz.digits());
            case HolderIdentity.ByName byName -> {
                always(FAMILY_NAME, byName.familyName());
                always(GIVEN_NAMES, byName.givenNames());
                always(BIRTH_DATE, byName.birthDate().toString());
                always(LOCAL_NUMBER, byName.localNumber());
            }
        }
    }

    private void registered(QualificationRegistered event) {
        always(SUPPLIER, event.supplier());
        always(SUPPLIER_REFERENCE, event.supplierReference());
        begin(BASIS);
        basis(event.basis());
        json.writeEndObject();
        begin(DERIVED);
        derived(event.derived());
        json.writeEndObject();
        json.writeName(UNLISTED);
        json.writeStartArray();
        event.unlisted().forEach(json::writeString);
        json.writeEndArray();
    }

    private void basis(Basis basis) {
        text(AUTHENTICITY, basis.authenticity());
        text(CATEGORY, basis.category());
        text(DEGREE, basis.degree());
        text(EDUCATION_FORM, basis.educationForm());
        text(FINALITY, basis.finality());
        if (basis.viaRecognition() != null) {
            json.writeName(VIA_RECOGNITION);
            json.writeBoolean(basis.viaRecognition());
        }
        text(KIND, basis.kind());
        text(STATE, basis.state());
        text(AWARDING_BODY, basis.awardingBody());
        begin(SUBJECT);
        text(CODE, basis.subject().code());
        text(NAME, basis.subject().name());
        json.writeEndObject();
        always(AWARDED_ON, basis.awardedOn().toString());
        text(FULL_NAME, basis.fullName());
        text(COUNTRY, basis.country());
        text(LANGUAGE, basis.language());
        begin(INSTITUTION);
        text(NAME, basis.institution().name());
        text(NUMBER, basis.institution().number());
        json.writeEndObject();
        text(SCHOOL_TYPE, basis.schoolType());
        detail(FIELD_OF_STUDY, basis.fieldOfStudy());
        detail(SPECIALISATION, basis.specialisation());
        detail(DETAIL, basis.detail());
        text(VALIDITY_PERIOD, basis.validityPeriod());
        number(ADULT_EDUCATION_HOURS, basis.adultEducationHours());
        if (!basis.alternativeBodies().isEmpty()) {
            json.writeName(ALTERNATIVE_BODIES);
            json.writeStartArray();
            for (AlternativeBody body : basis.alternativeBodies()) {
                pair(ROLE, body.role(), BODY, body.body());
            }
            json.writeEndArray();
        }
        if (!basis.additionalInformation().isEmpty()) {
            json.writeName(ADDITIONAL_INFORMATION);
            json.writeStartArray();
            for (AdditionalInformation information : basis.additionalInformation()) {
                pair(NAME, information.name(), CONTENT, information.content());
            }
            json.writeEndArray();
        }
    }

    private void derived(Derived derived) {
        code(ISCED_FIELD_1997, derived.iscedField1997());
        code(ISCED_FIELD_2013, derived.iscedField2013());
        code(ISCED_LEVEL_1997, derived.iscedLevel1997());
        code(ISCED_LEVEL_2011, derived.iscedLevel2011());
        code(VKS_EDUCATION, derived.vksEducation());
        code(VKS_PROFESSIONAL, derived.vksProfessional());
        number(EQF, derived.eqf());
        text(TAXONOMY_VERSION, derived.taxonomyVersion());
    }

    private void code(SerializedString name, @Nullable Code code) {
        if (code != null) {
            begin(name);
            text(CODE, code.code());
            text(NAME, code.name());
            json.writeEndObject();
        }
    }

    private void detail(SerializedString name, @Nullable Detail detail) {
        if (detail != null) {
            begin(name);
            text(NAME, detail.name());
            text(CODE, detail.code());
            json.writeEndObject();
        }
    }

    private void pair(SerializedString first, String firstValue, SerializedString second, String secondValue) {
        json.writeStartObject();
        always(first, firstValue);
        always(second, secondValue);
        json.writeEndObject();
    }

    private void begin(SerializedString name) {
        json.writeName(name);
        json.writeStartObject();
    }

    private void number(SerializedString name, @Nullable Integer value) {
        if (value != null) {
            json.writeName(name);
            json.writeNumber(value);
        }
    }

    /** What is empty is left out. */
    private void text(SerializedString name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            always(name, value);
        }
    }

    private void always(SerializedString name, String value) {
        json.writeName(name);
        json.writeString(value);
    }
}
