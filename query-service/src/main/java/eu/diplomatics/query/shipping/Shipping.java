package eu.diplomatics.query.shipping;

import eu.diplomatics.query.shipping.Parcel.Held;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ships the access log, a parcel at a time. What the controller has it says itself, so that nothing is lost and nothing comes
 * twice wherever this ends, and whoever else ships. Not thread-safe.
 */
final class Shipping {
    private final LogToShip log;
    private final ControllerLog controller;
    private final Consumer<Step> steps;
    private @Nullable Held held;

    /** Where a process may end. */
    enum Step {
        READ,
        TAKEN
    }

    Shipping(LogToShip log, ControllerLog controller) {
        this(log, controller, step -> {});
    }

    /** @param steps is told of each before what follows */
    Shipping(LogToShip log, ControllerLog controller, Consumer<Step> steps) {
        this.log = log;
        this.controller = controller;
        this.steps = steps;
    }

    /**
     * Ships what comes next.
     *
     * @return whether there may be more
     * @throws SQLException when a database does not answer; to be tried again
     * @throws ShippingException when the controller's copy and the log do not belong together; nothing was changed
     */
    boolean ship() throws SQLException {
        Held known = held;
        held = null;
        if (known == null) {
            known = controller.take(Parcel.NOTHING);
        }
        Parcel parcel = log.after(known);
        steps.accept(Step.READ);
        Held now = controller.take(parcel);
        steps.accept(Step.TAKEN);
        log.mark(now.position());
        held = now;
        return parcel.more();
    }

    LogToShip.Waiting waiting() throws SQLException {
        return log.waiting();
    }
}
