package eu.diplomatics.taxonomy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The codes of an ISO standard. They change apart from the taxonomy, so they stand in files of their own. */
final class CodeList {
    /** ISO 3166-1 alpha-3, with the codes of states that are no more (ISO 3166-3): diplomas outlive them. */
    static final CodeList COUNTRIES = new CodeList("iso-3166-1-alpha-3.txt");

    /** ISO 639-3: individual languages and macrolanguages. */
    static final CodeList LANGUAGES = new CodeList("iso-639-3.txt");

    private final List<String> codes;

    private CodeList(String resource) {
        try (InputStream in =
                Objects.requireNonNull(CodeList.class.getResourceAsStream("/taxonomy/" + resource), resource)) {
            codes = Arrays.stream(new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                            .strip()
                            .split("\\s+"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All, in alphabetical order. */
    List<String> codes() {
        return codes;
    }
}
