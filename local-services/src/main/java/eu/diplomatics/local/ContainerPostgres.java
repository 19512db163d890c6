package eu.diplomatics.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL 18 in a container, on a fixed port so that it comes back where it was. */
final class ContainerPostgres implements PostgresInstance {
    private static final int PORT = 5432;

    private final PostgreSQLContainer container;
    private final ContainerControl control;
    private final int port;

    private ContainerPostgres(PostgreSQLContainer container, int port) {
        this.container = container;
        this.port = port;
        this.control = new ContainerControl(container);
    }

    static ContainerPostgres start() {
        int port = Ports.free();
        List<String> command = new ArrayList<>(List.of("postgres"));
        PostgresSettings.COMMON.forEach((name, value) -> {
            command.add("-c");
            command.add(name + "=" + value);
        });
        PostgreSQLContainer container = new PostgreSQLContainer("postgres:18");
        container.withUsername("postgres").withPassword(Passwords.random()).withDatabaseName("postgres");
        container.setCommand(command.toArray(String[]::new));
        ContainerControl.bind(container, port, PORT);
        container.start();
        return new ContainerPostgres(container, port);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Login superuser() {
        return new Login(container.getUsername(), container.getPassword());
    }

    @Override
    public Path dataDirectory() {
        return control.copyOut("/var/lib/postgresql");
    }

    @Override
    public void kill() {
        control.kill();
    }

    @Override
    public void stop() {
        control.stop();
    }

    @Override
    public void restart() {
        control.restart(this::answers);
    }

    @Override
    public void close() {
        container.stop();
        control.deleteCopies();
    }

    private boolean answers() {
        try (var connection = connect("postgres")) {
            return connection.isValid(5);
        } catch (java.sql.SQLException e) {
            return false;
        }
    }
}
