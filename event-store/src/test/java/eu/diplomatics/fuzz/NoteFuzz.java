package eu.diplomatics.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.transparency.Checkpoint;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.Tile;
import eu.diplomatics.transparency.VerifierKey;
import java.nio.charset.StandardCharsets;

/** What anybody may hand to a verifier is read in its one form, or refused. */
class NoteFuzz {
    @FuzzTest
    void note(byte[] body) {
        try {
            SignedNote note = SignedNote.parse(body);
            checkpoint(note.text());
        } catch (NoteException expected) {
            assertThat(expected).isNotNull();
        }
        String text = new String(body, StandardCharsets.UTF_8);
        checkpoint(text);
        try {
            assertThat(VerifierKey.parse(text).text()).isEqualTo(text);
        } catch (NoteException expected) {
            assertThat(expected).isNotNull();
        }
        Tile.ofPath(text).ifPresent(tile -> assertThat(tile.path()).isEqualTo(text));
    }

    private static void checkpoint(String text) {
        try {
            assertThat(Checkpoint.parse(text).text()).isEqualTo(text);
        } catch (NoteException expected) {
            assertThat(expected).isNotNull();
        }
    }
}
