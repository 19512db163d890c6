package eu.diplomatics.query.shipping;

import eu.diplomatics.golive.CheckedDatabase;
import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.query.shipping.ShippingState.Delay;
import eu.diplomatics.query.shipping.ShippingState.Trouble;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Supplier;

/** The access log has a copy at the controller's, on another server, and it is not late. */
final class LogCopy implements GoLiveCondition {
    private static final String SYSTEM = "SELECT system_identifier::text FROM pg_control_system()";

    private final CheckedDatabase accessLog;
    private final CheckedDatabase controller;
    private final Supplier<ShippingState> state;

    LogCopy(CheckedDatabase accessLog, CheckedDatabase controller, Supplier<ShippingState> state) {
        this.accessLog = accessLog;
        this.controller = controller;
        this.state = state;
    }

    @Override
    public String id() {
        return "log-copy";
    }

    @Override
    public String requirement() {
        return "R06";
    }

    @Override
    public Verdict check() throws SQLException {
        if (system(accessLog).equals(system(controller))) {
            return Verdict.red(
                    "access log and copy are databases of the same server, or of its copy",
                    "name a server of the controller's in diplomatics.controller.url");
        }
        ShippingState now = state.get();
        if (now.delay() != Delay.NONE || now.trouble() != Trouble.NONE) {
            return Verdict.red(
                    now.waiting() + " rows wait; delay " + now.delay() + ", trouble " + now.trouble(),
                    "see the health component accessLogShipped");
        }
        return Verdict.green("the controller has the rows up to position " + now.shipped());
    }

    private static String system(CheckedDatabase database) throws SQLException {
        try (Connection connection = database.source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SYSTEM)) {
            row.next();
            return row.getString(1);
        }
    }
}
