package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process that does nothing until it is ended. */
final class Stub {
    private Stub() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length > 0) {
            System.out.println("the stub was told to fail");
            System.exit(3);
        }
        new CountDownLatch(1).await();
    }

    static Process start(String... marks) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx16m"));
        command.addAll(List.of(marks));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Stub.class.getName()));
        return new ProcessBuilder(command).start();
    }
}
