package eu.diplomatics.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The parts that a token can give its holder; a provider may give those only that its entry in the configuration names. */
public enum Part {
    INSTITUTION_CLERK(true),
    INSTITUTION_SYSTEM(false),
    AGENCY_SYSTEM(false),
    CASE_WORKER(true),
    CITIZEN(true),
    /** A parent, guardian or proxy of a citizen, for a time: {@link Delegation}. */
    DELEGATE(true),
    CONTROLLER(true),
    DPO(true),
    AUDITOR(true),
    OPERATOR(true);

    private final boolean person;

    Part(boolean person) {
        this.person = person;
    }

    /** Whether a person has to have signed in; machines prove themselves by their keys. */
    public boolean isPerson() {
        return person;
    }

    /** As a token and the configuration write it: {@code case-worker}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Part> of(String text) {
        return Arrays.stream(values()).filter(part -> part.text().equals(text)).findFirst();
    }
}
