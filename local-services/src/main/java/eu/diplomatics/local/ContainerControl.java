package eu.diplomatics.local;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.PortBinding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.testcontainers.containers.GenericContainer;

/** What Testcontainers does not do itself: kill, start again with the same data, copy a folder out. */
final class ContainerControl {
    private static final long START_LIMIT_SECONDS = 90;

    private final GenericContainer<?> container;
    private final List<Path> copies = new ArrayList<>();

    ContainerControl(GenericContainer<?> container) {
        this.container = container;
    }

    /** Publishes the container's port on this loopback port, before the container is created. */
    static void bind(GenericContainer<?> container, int hostPort, int containerPort) {
        container.withCreateContainerCmdModifier(command -> Objects.requireNonNull(command.getHostConfig())
                .withPortBindings(PortBinding.parse("127.0.0.1:" + hostPort + ":" + containerPort)));
    }

    void kill() {
        if (running()) {
            docker().killContainerCmd(container.getContainerId()).exec();
        }
    }

    void stop() {
        if (running()) {
            docker().stopContainerCmd(container.getContainerId())
                    .withTimeout(30)
                    .exec();
        }
    }

    void restart(BooleanSupplier answers) {
        stop();
        docker().startContainerCmd(container.getContainerId()).exec();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS);
        while (!answers.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the container did not come back");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    Path copyOut(String directory) {
        try (InputStream archive = docker().copyArchiveFromContainerCmd(container.getContainerId(), directory)
                        .exec();
                TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            Path copy = Files.createTempDirectory("diplomatics-copy");
            copies.add(copy);
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = copy.resolve(entry.getName()).normalize();
                if (entry.isFile() && file.startsWith(copy)) {
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.copy(tar, file);
                }
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void deleteCopies() {
        copies.forEach(PostgresBinaries::delete);
    }

    private boolean running() {
        return Boolean.TRUE.equals(docker().inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getRunning());
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }
}
