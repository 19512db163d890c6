package eu.diplomatics.qualification;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A name and birth date as they are compared when somebody looks for a holder without number: compatibility forms taken
 * apart (NFKD), accents and everything but letters and digits left out, one case, of the given names the first. Particles
 * stay where they are, so that "Van den Berg" and "Vandenberg" are the same.
 *
 * @param birthDate as it is known: year, year and month, or full
 */
public record NameKey(String familyName, String givenName, String birthDate) {
    private static final Map<String, String> LETTERS =
            Map.of("ø", "o", "đ", "d", "ð", "d", "ł", "l", "æ", "ae", "œ", "oe", "þ", "th", "ı", "i");

    /** Of a holder without number. */
    public static NameKey of(HolderIdentity.ByName holder) {
        return of(holder.familyName(), holder.givenNames(), holder.birthDate().toString());
    }

    private static NameKey of(String familyName, String givenNames, String birthDate) {
        return new NameKey(plain(familyName), plain(givenNames.strip().split("\\s+", 2)[0]), birthDate);
    }

    /** The keys under which somebody may be known: the birth date as given, and with less of it. */
    public static List<NameKey> candidates(String familyName, String givenNames, PartialDate birthDate) {
        String date = birthDate.toString();
        return Stream.of(10, 7, 4)
                .filter(length -> length <= date.length())
                .map(length -> of(familyName, givenNames, date.substring(0, length)))
                .toList();
    }

    private static String plain(String name) {
        String folded = Normalizer.normalize(name, Normalizer.Form.NFKD)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{Nd}]", "");
        for (Map.Entry<String, String> letter : LETTERS.entrySet()) {
            folded = folded.replace(letter.getKey(), letter.getValue());
        }
        return folded;
    }

    @Override
    public String toString() {
        return "NameKey[redacted]";
    }
}
