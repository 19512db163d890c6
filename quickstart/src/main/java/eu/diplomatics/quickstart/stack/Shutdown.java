package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends an installation from outside: through its launcher where it lives, process by process where it crashed. */
public final class Shutdown {
    private static final long PATIENCE_SECONDS = 90;
    private static final double BYTES_PER_MEGABYTE = 1024.0 * 1024.0;

    private final Layout layout;

    public Shutdown(Layout layout) {
        this.layout = layout;
    }

    /** Ends all processes; tells whether there were any. */
    public boolean run(PrintStream out) throws IOException, InterruptedException {
        RunState state = new RunState(layout);
        ProcessTable table = new ProcessTable(layout);
        boolean ended = false;
        ProcessHandle launcher = ProcessHandle.of(state.launcher()).orElse(null);
        if (launcher != null && state.launcherLives() && table.isOurs(launcher)) {
            out.println("stopping");
            launcher.destroy();
            try {
                launcher.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                launcher.destroyForcibly();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the launcher could not be ended", e);
            }
            ended = true;
        }
        for (String name : table.reap()) {
            out.println("ended leftover " + name);
            ended = true;
        }
        state.clear();
        return ended;
    }

    /** Deletes everything but the built application and says what that was. */
    public void forget(PrintStream out) throws IOException {
        boolean any = false;
        for (Path path : layout.forgettable()) {
            if (!Files.exists(path)) {
                continue;
            }
            long bytes = Directories.delete(path);
            out.println(String.format(Locale.ROOT, "removed %s (%.1f MB)", path, bytes / BYTES_PER_MEGABYTE));
            any = true;
        }
        if (!any) {
            out.println("there was no data");
        }
    }
}
