package eu.diplomatics.qualification;

import java.text.Normalizer;

/**
 * How every text is written down: Unicode NFC, without white space at its ends, and with one space for each run of white
 * space that holds a line break or a tab.
 */
final class Text {
    private static final char FIRST_COMBINING = '\u0300';

    private Text() {}

    /**
     * Whether a text holds what no text of a qualification may hold: control characters other than CR, LF and TAB, format
     * characters (bidirectional controls and isolates, zero-width characters and the like), line and paragraph
     * separators, private and non-characters, unpaired surrogates, and the replacement character, which is what a wrong
     * encoding leaves behind.
     */
    static boolean hasIllegalCharacter(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c < 0x7f ? c < ' ' && c != '\r' && c != '\n' && c != '\t' : isIllegal(c)) {
                return true;
            }
            i += Character.charCount(c);
        }
        return false;
    }

    private static boolean isIllegal(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> c == 0xfffd || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
        };
    }

    static String normalise(String text) {
        String composed = isInert(text) || Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
        return joinLines(composed).strip();
    }

    /** Whether nothing in it composes: below U+0300, where combining characters begin, every text is NFC. */
    private static boolean isInert(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= FIRST_COMBINING) {
                return false;
            }
        }
        return true;
    }

    private static String joinLines(String text) {
        if (text.indexOf('\n') < 0 && text.indexOf('\r') < 0 && text.indexOf('\t') < 0) {
            return text;
        }
        StringBuilder joined = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            int end = i;
            boolean breaks = false;
            while (end < text.length() && isXmlSpace(text.charAt(end))) {
                breaks |= text.charAt(end) != ' ';
                end++;
            }
            if (breaks) {
                joined.append(' ');
            } else {
                joined.append(text, i, end);
            }
            if (end < text.length()) {
                joined.append(text.charAt(end));
            }
            i = end + 1;
        }
        return joined.toString();
    }

    private static boolean isXmlSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }
}
