package eu.diplomatics.quickstart.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * What a consultation is held against: the query-service's HTTP server, one indexed select of the same rows, and one
 * durable insert of a row as long as an access-log entry. No keys, no rules, no check.
 */
public final class BareServer {
    /** The select alone; a holder's id follows. */
    static final String SELECT = "/select/";
    /** The select and the insert; a holder's id follows. */
    static final String LOGGED = "/logged/";

    static final int SUBJECT_BYTES = 34;
    static final int SEALED_BYTES = 24 + 32 + 512 + 16;
    private static final String BY_HOLDER = """
            SELECT position, recorded_at, stream, version, type, leaf, ciphertext
              FROM projection.event WHERE holder = ?
            """;
    private static final String ENTRY = "INSERT INTO accesslog.entry (id, subject, sealed) VALUES (?, ?, ?)";

    private BareServer() {}

    public static void main(String[] arguments) throws LifecycleException, IOException {
        Map<String, String> environment = System.getenv();
        DataSource projection = pool(environment, "DIPLOMATICS_QUERY", "READER");
        DataSource log = pool(environment, "DIPLOMATICS_ACCESSLOG", "WRITER");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("bare-server").toString());
        Connector connector = new Connector();
        connector.setPort(Integer.parseInt(environment.get("SERVER_PORT")));
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", "64");
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "bare", new Bare(projection, log));
        context.addServletMappingDecoded("/", "bare");
        tomcat.start();
        tomcat.getServer().await();
    }

    private static DataSource pool(Map<String, String> environment, String database, String role) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(environment.get(database + "_URL"));
        config.setUsername(environment.get(database + "_" + role + "_USERNAME"));
        config.setPassword(environment.get(database + "_" + role + "_PASSWORD"));
        config.setMaximumPoolSize(16);
        return new HikariDataSource(config);
    }

    private static final class Bare extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient DataSource projection;
        private final transient DataSource log;

        Bare(DataSource projection, DataSource log) {
            this.projection = projection;
            this.log = log;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String path = request.getServletPath();
            UUID holder = UUID.fromString(path.substring(path.lastIndexOf('/') + 1));
            response.setContentType("application/octet-stream");
            try {
                if (path.startsWith(LOGGED)) {
                    insert();
                }
                select(holder, response);
            } catch (SQLException e) {
                response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
        }

        private void insert() throws SQLException {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            byte[] subject = new byte[SUBJECT_BYTES];
            byte[] sealed = new byte[SEALED_BYTES];
            random.nextBytes(subject);
            random.nextBytes(sealed);
            try (Connection connection = log.getConnection();
                    PreparedStatement insert = connection.prepareStatement(ENTRY)) {
                insert.setObject(1, new UUID(random.nextLong(), random.nextLong()));
                insert.setBytes(2, subject);
                insert.setBytes(3, sealed);
                insert.executeUpdate();
            }
        }

        private void select(UUID holder, HttpServletResponse response) throws SQLException, IOException {
            try (Connection connection = projection.getConnection();
                    PreparedStatement select = connection.prepareStatement(BY_HOLDER)) {
                select.setObject(1, holder);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        response.getOutputStream().write(rows.getBytes(7));
                    }
                }
            }
        }
    }
}
