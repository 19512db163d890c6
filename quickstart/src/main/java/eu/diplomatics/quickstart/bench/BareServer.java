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
import javax.sql.DataSource;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * What a consultation is held against: the query-service's HTTP server and nothing but one indexed select of the same
 * rows. No keys, no rules, no log.
 */
public final class SelectServer {
    private static final String BY_HOLDER = """
            SELECT position, recorded_at, stream, version, type, leaf, ciphertext
              FROM projection.event WHERE holder = ?
            """;

    private SelectServer() {}

    public static void main(String[] arguments) throws LifecycleException, IOException {
        Map<String, String> environment = System.getenv();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(environment.get("DIPLOMATICS_QUERY_URL"));
        config.setUsername(environment.get("DIPLOMATICS_QUERY_READER_USERNAME"));
        config.setPassword(environment.get("DIPLOMATICS_QUERY_READER_PASSWORD"));
        config.setMaximumPoolSize(16);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("select-server").toString());
        Connector connector = new Connector();
        connector.setPort(Integer.parseInt(environment.get("SERVER_PORT")));
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", "64");
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "select", new Select(new HikariDataSource(config)));
        context.addServletMappingDecoded("/", "select");
        tomcat.start();
        tomcat.getServer().await();
    }

    private static final class Select extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient DataSource pool;

        Select(DataSource pool) {
            this.pool = pool;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            UUID holder = UUID.fromString(
                    request.getPathInfo() == null
                            ? request.getServletPath().substring(1)
                            : request.getPathInfo().substring(1));
            response.setContentType("application/octet-stream");
            try (Connection connection = pool.getConnection();
                    PreparedStatement select = connection.prepareStatement(BY_HOLDER)) {
                select.setObject(1, holder);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        response.getOutputStream().write(rows.getBytes(7));
                    }
                }
            } catch (SQLException e) {
                response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
        }
    }
}
