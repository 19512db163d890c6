package eu.diplomatics.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a token, as its provider says. The party of a citizen or delegate is a national number, so a bearer never prints it.
 *
 * @param party id of the institution, agency or office that the bearer acts for; a citizen's or a delegate's own national
 *     number
 * @param client the software that asked for the token
 * @param acr how the person signed in, where it is one
 * @param signedInAt when, where it is a person
 * @param delegation for whom a delegate asks; null where the token says nothing of it that can be used, and in other parts
 */
public record Bearer(
        Part part,
        String party,
        String client,
        Set<String> scopes,
        @Nullable String acr,
        @Nullable Instant signedInAt,
        @Nullable Delegation delegation) {
    public Bearer {
        scopes = Set.copyOf(scopes);
    }

    @Override
    public String toString() {
        return "Bearer[" + part + "]";
    }
}
