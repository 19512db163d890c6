package eu.diplomatics.portal.supervision;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.registry.Seal;
import eu.diplomatics.portal.supervision.ShownRow.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The seal in words.
 *
 * @param state {@code holds}, {@code partly}: nothing is wrong, and something is missing; or {@code broken}: an alarm
 * @param findings what was looked at
 * @param checkpoint to be verified elsewhere; null before the first
 * @param keys by which
 */
record ShownSeal(
        String state, List<Line> findings, @Nullable String checkpoint, List<String> keys) {
    private static final String VALID = "VALID";

    static ShownSeal of(Seal seal, Words words, Locale locale) {
        Seal.Tree tree = seal.tree();
        Seal.Witness witness = seal.witness();
        Seal.Copy copy = seal.copy();
        List<Line> lines = new ArrayList<>();
        lines.add(line("signature", say("seal.signature", tree.signature(), words, locale), words, locale));
        lines.add(line("size", words.say("seal.rows", locale, tree.size()), words, locale));
        if (tree.sealedAt() != null) {
            lines.add(line("sealed-at", words.moment(tree.sealedAt(), locale), words, locale));
        }
        lines.add(line(
                "waiting",
                words.say(tree.overdue() ? "seal.rows-overdue" : "seal.rows", locale, tree.waiting()),
                words,
                locale));
        if (tree.halted() != null) {
            lines.add(line("halted", words.say("seal.halted-by", locale, tree.halted()), words, locale));
        }
        lines.add(line(
                "witness",
                say("seal.witness", witness == null ? "NONE" : witness.cosignature(), words, locale),
                words,
                locale));
        if (witness != null && witness.at() != null) {
            lines.add(line("witness-at", words.moment(witness.at(), locale), words, locale));
        }
        lines.add(line(
                "copy",
                copy == null
                        ? words.say("seal.copy.off", locale)
                        : copy.trouble().equals("NONE")
                                ? words.say("seal.copy.none", locale, copy.shipped(), copy.waiting())
                                : words.say("seal.copy.trouble", locale, copy.trouble(), copy.waiting()),
                words,
                locale));
        List<String> keys = new ArrayList<>(tree.keys());
        if (witness != null) {
            keys.add(witness.key());
        }
        return new ShownSeal(state(tree, witness, copy), List.copyOf(lines), tree.checkpoint(), keys);
    }

    private static String state(Seal.Tree tree, Seal.@Nullable Witness witness, Seal.@Nullable Copy copy) {
        String cosigned = witness == null ? "" : witness.cosignature();
        boolean broken = tree.signature().equals("INVALID")
                || tree.halted() != null
                || cosigned.equals("INVALID")
                || cosigned.equals("CONTRADICTED")
                || copy != null && List.of("CONTRADICTED", "LOG_CUT", "LOG_GAP").contains(copy.trouble());
        if (broken) {
            return "broken";
        }
        return tree.signature().equals(VALID) && cosigned.equals(VALID) && !tree.overdue() ? "holds" : "partly";
    }

    private static String say(String kind, String code, Words words, Locale locale) {
        return words.code(kind, code, locale).text();
    }

    private static Line line(String label, String text, Words words, Locale locale) {
        return new Line(words.say("seal.label." + label, locale), text);
    }
}
