package eu.diplomatics.backup;

import eu.diplomatics.backup.bundle.BundleException;
import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.UntrustedException;
import eu.diplomatics.backup.place.PlaceException;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.restore.RestoreException;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells what went wrong in one line, then {@code HINT:} with the next step, and gives the exit status. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    /** Something is not as it has to be. */
    static final int FOUND = 1;

    /** Two operators have to approve it first. */
    static final int NOT_APPROVED = 77;

    private static final int USAGE = 2;
    private static final int CONFIGURATION = 3;
    private static final int UNAVAILABLE = 69;
    private static final int BUSY = 75;

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        return say(failure.getCommandLine().getErr(), message(failure), "backup --help", USAGE);
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        return explain(failure, line.getErr());
    }

    /** The exit status. */
    int explain(Exception failure, PrintWriter err) {
        return switch (failure) {
            case ConfigurationException e -> say(err, message(e), e.hint(), CONFIGURATION);
            case BackupException e ->
                switch (e.code()) {
                    case ANOTHER_RUNS -> say(err, message(e), "wait for it to end", BUSY);
                    case CLOCK_BEHIND -> say(err, message(e), "set this machine's clock; nothing was changed", FOUND);
                    case NO_DRILL -> say(err, message(e), "backup drill list names those there were", FOUND);
                    case SIGNED_ALREADY -> say(err, message(e), "somebody else may sign; nothing was changed", FOUND);
                    case NO_GENERATION -> say(err, message(e), "backup create makes one", FOUND);
                    case DAMAGED ->
                        say(
                                err,
                                message(e),
                                "take another generation (backup list), and keep this one for the investigation",
                                FOUND);
                    case NOT_VERIFIED ->
                        say(
                                err,
                                "what was written is not as it has to be: " + message(e),
                                "the generations before it stay; look at the disk, then try again",
                                FOUND);
                };
            case BundleException e -> say(err, message(e), e.hint(), FOUND);
            case RestoreException e -> restore(err, e);
            case PortableException e -> portable(err, e);
            case UntrustedException e ->
                say(err, message(e), "somebody changed it, or manifestKeys lacks the key that signed", FOUND);
            case PlaceException e -> say(err, message(e), e.hint(), FOUND);
            case KeysUnavailableException e ->
                say(err, "the custodian: " + message(e), "see the runbook custodian-down", UNAVAILABLE);
            case SQLException e ->
                say(
                        err,
                        "a database does not answer (SQLSTATE " + e.getSQLState() + ")",
                        "check addresses and logins; nothing was changed",
                        UNAVAILABLE);
            case IOException e ->
                say(
                        err,
                        "cannot read or write: " + e.getClass().getSimpleName() + " " + message(e),
                        "the generations that count are as they were; make room, or repair the disk, and try again",
                        UNAVAILABLE);
            default -> throw new IllegalStateException(failure);
        };
    }

    private static int restore(PrintWriter err, RestoreException e) {
        return switch (e.code()) {
            case NOT_EMPTY ->
                say(err, message(e), "give databases that were made just now; nothing was changed", FOUND);
            case OTHER_GENERATION ->
                say(err, message(e), "go on with that one, or give databases that were made just now", FOUND);
            case RESTORED_ALREADY ->
                say(err, message(e), "start the services; to restore again, give new databases", FOUND);
            case ANOTHER_RUNS -> say(err, message(e), "wait for it to end", BUSY);
            case NEWER -> say(err, message(e), "take the program that made it, or a newer one", FOUND);
            case ROLE_MISSING ->
                say(err, message(e), "make roles and databases first, as the runbook restore says", CONFIGURATION);
            case SHREDDINGS_UNKNOWN ->
                say(
                        err,
                        message(e),
                        "mend that generation, or give --without-later-shreddings and shred again what was shredded since",
                        FOUND);
            case NOT_AS_IT_WAS ->
                say(err, message(e), "do not start services on it; restore into new databases", FOUND);
            case INTERRUPTED ->
                say(err, message(e), "mend that, then the same command again: it goes on where it was", UNAVAILABLE);
        };
    }

    private static int portable(PrintWriter err, PortableException e) {
        String message = message(e);
        return switch (e.code()) {
            case NOT_APPROVED, APPROVAL_USED ->
                say(err, message, "a new folder makes a new order, which two operators approve", NOT_APPROVED);
            case OTHER_ORDER -> say(err, message, "give a new folder with --to, or what stands in order.json", FOUND);
            case FIELD_ABOVE_CLASS ->
                say(
                        err,
                        message,
                        "nothing was written; give the class that these need with --sensitivity, since no field is left out;"
                                + " one without a class is in no export before it has one (docs/classification.md)",
                        FOUND);
            case RECIPIENT_INVALID -> say(err, message, "age-keygen makes a fresh one: the line public key", USAGE);
            case ACCESS_LOG_DOWN ->
                say(err, message, "nothing left that was not written down; the same command goes on", UNAVAILABLE);
            case LOG_DAMAGED -> say(err, message, "see the runbook verify-the-log", FOUND);
            case BAG_BROKEN -> say(err, message, "fetch it again from where it was written", FOUND);
            case NOT_FOR_THIS_IDENTITY -> say(err, message, "give the identity of the recipient it is for", FOUND);
            case NOT_EMPTY -> say(err, message, "import goes into a new registry only", FOUND);
            case NOT_NEXT ->
                say(
                        err,
                        message,
                        "the whole export first, then each that begins where the one before ended: order.json says since",
                        FOUND);
            case NOT_THAT_EXPORT -> say(err, message, "backup exports list tells which there are and were", FOUND);
            case DIFFERS -> say(err, message, "do not use what was imported; begin anew with an empty registry", FOUND);
        };
    }

    private static String message(Exception failure) {
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }

    private static int say(PrintWriter err, String message, String hint, int status) {
        err.println("error: " + message);
        err.println("HINT: " + hint);
        return status;
    }
}
