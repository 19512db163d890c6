package eu.diplomatics.qualification;

import eu.diplomatics.qualification.Mandate.Disclosure;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandate.Quota;
import eu.diplomatics.qualification.Mandate.When;
import eu.diplomatics.qualification.RequestReader.Fields;
import eu.diplomatics.sensitivity.Sensitivity;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A mandate as JSON, read as strictly as {@link QualificationJson} reads. */
public final class MandateJson {
    private static final int TEXT = 2_000;
    private static final Set<String> FIELDS = Set.of(
            "legalBasis",
            "questions",
            "fields",
            "sensitivity",
            "quota",
            "citizen",
            "whyNeeded",
            "whyNoYesNo",
            "validFrom",
            "validUntil",
            "reason");

    private MandateJson() {}

    /** @param reason why it is granted, or changed */
    public record GrantMandate(Mandate mandate, String reason) {
        @Override
        public String toString() {
            return "GrantMandate[redacted]";
        }
    }

    /** A mandate of this agency for this purpose, which are not in the body, and the reason for granting it. */
    public static Checked<GrantMandate> read(byte[] utf8, RequestRules rules, String agency, String purpose) {
        return QualificationJson.read(utf8, rules, (tree, reader) -> {
            Fields root = reader.object(tree, "", FIELDS);
            Set<Question> questions = questions(root, reader);
            List<String> fields = fields(root, questions, reader);
            Sensitivity sensitivity = sensitivity(root, questions, reader);
            String legalBasis = reader.required(root, "legalBasis", TEXT);
            Quota quota = quota(root, reader);
            Disclosure citizen = citizen(root, reader);
            String whyNeeded = reader.required(root, "whyNeeded", TEXT);
            String whyNoYesNo = reader.required(root, "whyNoYesNo", TEXT);
            LocalDate from = day(root, "validFrom", true, reader);
            LocalDate until = day(root, "validUntil", false, reader);
            if (from != null && until != null && until.isBefore(from)) {
                reader.reject(RejectionCode.MALFORMED, "/validUntil", "must not come before validFrom");
            }
            String reason = reader.required(root, "reason", 1_000);
            return reader.result(() -> new GrantMandate(
                    new Mandate(
                            agency,
                            purpose,
                            legalBasis,
                            List.copyOf(questions),
                            fields,
                            sensitivity,
                            quota,
                            Objects.requireNonNull(citizen),
                            whyNeeded,
                            whyNoYesNo,
                            Objects.requireNonNull(from),
                            until),
                    reason));
        });
    }

    private static Set<Question> questions(Fields root, RequestReader reader) {
        Set<Question> questions = EnumSet.noneOf(Question.class);
        for (String name : reader.texts(root, "questions", Question.values().length)) {
            try {
                questions.add(Question.valueOf(name));
            } catch (IllegalArgumentException e) {
                reader.reject(RejectionCode.MALFORMED, "/questions", "each must be a kind of question");
            }
        }
        if (root.present() && questions.isEmpty()) {
            reader.reject(RejectionCode.FIELD_REQUIRED, "/questions", "something must be allowed");
        }
        return questions;
    }

    private static List<String> fields(Fields root, Set<Question> questions, RequestReader reader) {
        Set<String> fields = new LinkedHashSet<>(reader.texts(root, "fields", Mandate.ANSWER_FIELDS.size()));
        if (!Mandate.ANSWER_FIELDS.containsAll(fields)) {
            reader.reject(RejectionCode.MALFORMED, "/fields", "each must be a field of an answer");
        }
        boolean answering =
                questions.stream().anyMatch(question -> question != Question.PREDICATE && question != Question.FOLLOW);
        if (answering && fields.isEmpty()) {
            reader.reject(RejectionCode.FIELD_REQUIRED, "/fields", "what is answered must be named");
        }
        if (!answering && !fields.isEmpty()) {
            reader.reject(RejectionCode.MALFORMED, "/fields", "neither a yes or no nor a case has fields");
        }
        return new ArrayList<>(fields);
    }

    /** Its class, and none of what it gives away above it. */
    private static Sensitivity sensitivity(Fields root, Set<Question> questions, RequestReader reader) {
        String name = reader.optional(root, "sensitivity", 20);
        Sensitivity own = Sensitivity.PERSONAL;
        if (name != null) {
            try {
                own = Sensitivity.valueOf(name);
            } catch (IllegalArgumentException e) {
                reader.reject(RejectionCode.MALFORMED, "/sensitivity", "must be OPEN, ORDINARY, PERSONAL or SPECIAL");
                return own;
            }
        }
        List<String> fields = reader.texts(root, "fields", Mandate.ANSWER_FIELDS.size());
        for (int i = 0; i < fields.size(); i++) {
            String field = fields.get(i);
            if (Mandate.ANSWER_FIELDS.contains(field) && !AnswerFields.isWithin(own, field)) {
                reader.reject(RejectionCode.FIELD_ABOVE_CLASS, "/fields/" + i, field + " is above the class " + own);
            }
        }
        boolean disclosing = questions.stream().anyMatch(question -> question != Question.PREDICATE);
        if (disclosing && !AnswerFields.isWithin(own, AnswerFields.REFERENCE)) {
            reader.reject(
                    RejectionCode.FIELD_ABOVE_CLASS,
                    "/sensitivity",
                    AnswerFields.REFERENCE + ", which is in every answer, is above the class " + own);
        }
        return own;
    }

    private static Quota quota(Fields root, RequestReader reader) {
        Fields quota = reader.requiredObject(root, "quota", Set.of("perMinute", "perDay"));
        return new Quota(count(quota, "perMinute", reader), count(quota, "perDay", reader));
    }

    private static int count(Fields quota, String name, RequestReader reader) {
        Integer count = reader.optionalCount(quota, name, 100_000_000);
        if (quota.present() && (count == null || count == 0)) {
            reader.reject(RejectionCode.FIELD_REQUIRED, "/quota/" + name, "must be given, and more than 0");
        }
        return count == null ? 0 : count;
    }

    private static @Nullable Disclosure citizen(Fields root, RequestReader reader) {
        Fields citizen = reader.requiredObject(root, "citizen", Set.of("sees", "when", "from", "withheldBy"));
        String sees = reader.required(citizen, "sees", TEXT);
        String withheldBy = reader.optional(citizen, "withheldBy", TEXT);
        LocalDate from = day(citizen, "from", false, reader);
        When when;
        try {
            when = When.valueOf(reader.required(citizen, "when", 20));
        } catch (IllegalArgumentException e) {
            reader.reject(RejectionCode.MALFORMED, "/citizen/when", "must be IMMEDIATELY, FROM or WITHHELD");
            return null;
        }
        if ((when == When.FROM) != citizen.has("from")) {
            reader.reject(RejectionCode.MALFORMED, "/citizen/from", "a day goes with FROM, and with nothing else");
        }
        if ((when == When.WITHHELD) != citizen.has("withheldBy")) {
            reader.reject(
                    RejectionCode.MALFORMED, "/citizen/withheldBy", "a law goes with WITHHELD, and with nothing else");
        }
        return new Disclosure(sees, when, from, withheldBy);
    }

    private static @Nullable LocalDate day(Fields in, String name, boolean required, RequestReader reader) {
        String text = required ? reader.required(in, name, 10) : reader.optional(in, name, 10);
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            reader.reject(RejectionCode.MALFORMED, in.pointer() + '/' + name, "must be a day of the calendar");
            return null;
        }
    }
}
