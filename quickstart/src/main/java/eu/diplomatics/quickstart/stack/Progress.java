package eu.diplomatics.quickstart.stack;

import java.io.PrintStream;
import java.util.Locale;

/** Lines with the time since the command began. */
public final class Progress {
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintStream out;
    private final long start = System.nanoTime();

    public Progress(PrintStream out) {
        this.out = out;
    }

    public void say(String line) {
        out.println(String.format(Locale.ROOT, "[%5.1f s] %s", elapsedSeconds(), line));
        out.flush();
    }

    /** Text without the time in front. */
    public void plain(String text) {
        out.println(text);
        out.flush();
    }

    public double elapsedSeconds() {
        return (System.nanoTime() - start) / NANOS_PER_SECOND;
    }
}
