package eu.diplomatics.access;

import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tables of docs/roles.md: which part is answered at which address. The services are held against them. */
public final class RoleMatrix {
    /** Who shows no token. */
    public static final String NOBODY = "nobody";

    private static final String DELEGATE = "85610100147";

    private RoleMatrix() {}

    /** Every part, and nobody. */
    public static List<String> roles() {
        return Stream.concat(Arrays.stream(Part.values()).map(Part::text), Stream.of(NOBODY))
                .toList();
    }

    /** What the token of a role says; a delegate, who is somebody else, stands for the party. */
    public static JWTClaimsSet.Builder claims(
            String role, String party, Map<String, Object> confirmation, Instant now) {
        return role.equals(Part.DELEGATE.text())
                ? TestProvider.claims(role, DELEGATE, confirmation, now)
                        .claim(
                                "diplomatics_delegation",
                                TestProvider.delegation(party, "proxy", now.minusSeconds(60), now.plusSeconds(60)))
                : TestProvider.claims(role, party, confirmation, now);
    }

    /** What a cell says. */
    private enum Cell {
        YES("yes"),
        OWN("own"),
        MANDATE("mandate"),
        NO("–");

        private final String text;

        Cell(String text) {
            this.text = text;
        }

        static Cell of(String text) {
            return Arrays.stream(values())
                    .filter(cell -> cell.text.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no cell says " + text));
        }
    }

    /**
     * An address.
     *
     * @param endpoint {@code POST /v1/consultations}
     * @param ofAnother what {@code own} answers about somebody else: status and code
     */
    public record Row(String endpoint, Map<String, Cell> cells, String ofAnother) {
        /**
         * What a role is answered: a status, of a refusal with its code.
         *
         * @param theirs whether what is asked about is theirs, or their mandate covers it
         * @param letIn what whoever may ask is answered
         */
        public String expected(String role, boolean theirs, String letIn) {
            Cell cell = cells.get(role);
            if (cell == null) {
                throw new IllegalArgumentException("no cell for " + role);
            }
            return switch (cell) {
                case YES -> letIn;
                case OWN -> theirs ? letIn : ofAnother;
                case MANDATE -> theirs ? letIn : "403 NO_MANDATE";
                case NO -> role.equals(NOBODY) ? "401 UNAUTHENTICATED" : "403 NOT_ALLOWED";
            };
        }

        /** A role that is let in, about what is theirs. */
        public String letIn() {
            return roles().stream()
                    .filter(role -> cells.get(role) != Cell.NO)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public String toString() {
            return endpoint;
        }
    }

    /** The table under a heading of the document, which has a column for every role. */
    public static List<Row> rows(String heading) {
        List<String> lines = lines().stream()
                .dropWhile(line -> !line.equals("## " + heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("|"))
                .toList();
        List<String> head = cells(lines.getFirst());
        List<String> roles = head.subList(1, head.size() - 1);
        if (!roles.equals(roles())) {
            throw new IllegalStateException("the columns under " + heading + " are not the roles there are");
        }
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            List<String> texts = cells(line);
            Map<String, Cell> cells = new LinkedHashMap<>();
            for (int i = 0; i < roles.size(); i++) {
                cells.put(roles.get(i), Cell.of(texts.get(i + 1)));
            }
            rows.add(new Row(texts.getFirst(), cells, texts.getLast()));
        }
        return rows;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1).split("\\|"))
                .map(cell -> cell.replace("`", "").strip())
                .toList();
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(Path.of("..", "docs", "roles.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
