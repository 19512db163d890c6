package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {
    @Test
    void two_servers_that_start_at_once_on_a_new_machine_unpack_the_programs_once(@TempDir Path cache)
            throws Exception {
        String before = System.setProperty("diplomatics.cache", cache.toString());
        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            Callable<List<String>> unpack = () -> PostgresBinaries.unpack().command("postgres", "--version");
            for (Future<List<String>> command : executor.invokeAll(List.of(unpack, unpack))) {
                assertThat(new ProcessBuilder(command.get()).start().waitFor()).isZero();
            }
            assertThat(cache.resolve("diplomatics")).isDirectoryContaining("glob:**/postgres-*");
        } finally {
            if (before == null) {
                System.clearProperty("diplomatics.cache");
            } else {
                System.setProperty("diplomatics.cache", before);
            }
        }
    }
}
