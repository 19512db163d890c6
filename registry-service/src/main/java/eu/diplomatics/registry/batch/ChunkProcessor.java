package eu.diplomatics.registry.batch;

import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.keyring.KeyRefusedException;
import eu.diplomatics.led.LedQuestion;
import eu.diplomatics.led.LedRow;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.QualificationCsv;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.RequestRules;
import eu.diplomatics.registry.batch.Job.Format;
import eu.diplomatics.registry.batch.RowResult.Place;
import eu.diplomatics.registry.batch.RowResult.RowError;
import eu.diplomatics.registry.batch.RowResult.Status;
import eu.diplomatics.registry.problem.BrokenRecords;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.registry.registration.Commands;
import eu.diplomatics.registry.registration.PreparedRegistrations;
import eu.diplomatics.registry.registration.RegisterQualifications;
import eu.diplomatics.registry.registration.RegisterQualifications.Row;
import eu.diplomatics.registry.registration.RegistrationOutcome;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.taxonomy.Admission;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a chunk of rows into an answer for each: what cannot be read is refused alone, the rest is one command. */
final class ChunkProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkProcessor.class);

    private final Commands commands;
    private final Admission admission;
    private final Rules rules;

    ChunkProcessor(Commands commands, Admission admission, Rules rules) {
        this.commands = commands;
        this.admission = admission;
        this.rules = rules;
    }

    /**
     * A chunk with all done that its turn need not wait for.
     *
     * @param results of the rows that cannot be read; null where the command answers
     * @param places of the command's rows among those of the chunk
     * @param command null when there is nothing to register
     */
    record PreparedChunk(
            Format format,
            long firstRow,
            @Nullable RowResult[] results,
            List<Row> rows,
            List<Integer> places,
            @Nullable PreparedRegistrations command) {
        @Override
        public String toString() {
            return "PreparedChunk[from row " + firstRow + "]";
        }
    }

    List<RowResult> process(Job job, List<String> header, long firstRow, List<RawRow> rows, boolean triedBefore) {
        return register(prepare(job, header, firstRow, rows, triedBefore)).get();
    }

    /** Reads and checks rows, and prepares the command for those that can be registered. */
    PreparedChunk prepare(Job job, List<String> header, long firstRow, List<RawRow> rows, boolean triedBefore) {
        RequestRules today = rules.now(job.mode());
        @Nullable RowResult[] results = new RowResult[rows.size()];
        List<Row> commandRows = new ArrayList<>(rows.size());
        List<Integer> places = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            long number = firstRow + i;
            switch (read(rows.get(i), header, today, name -> admission.isNamed(job.supplier(), name))) {
                case Checked.Valid<RegistrationRequest>(RegistrationRequest request) -> {
                    switch (admission.register(job.supplier(), request, job.mode())) {
                        case Checked.Valid<RegisterQualification>(RegisterQualification registration) -> {
                            commandRows.add(new Row(CommandIds.ofRow(job.id(), number), registration));
                            places.add(i);
                        }
                        case Checked.Invalid<RegisterQualification>(List<Rejection> rejections) ->
                            results[i] = rejected(job.format(), number, request.supplierReference(), rejections);
                    }
                }
                case Checked.Invalid<RegistrationRequest>(List<Rejection> rejections) ->
                    results[i] = rejected(job.format(), number, supplierReference(rows.get(i), header), rejections);
            }
        }
        PreparedRegistrations command = null;
        if (!commandRows.isEmpty()) {
            EventMetadata metadata = new EventMetadata("supplier:" + job.supplier(), "batch", "", job.correlation());
            command = commands.prepare(new RegisterQualifications(commandRows, metadata, triedBefore, job.dryRun()));
        }
        return new PreparedChunk(job.format(), firstRow, results, commandRows, places, command);
    }

    /**
     * Registers what was prepared; once, and in the order of a job's chunks: of two rows alike the first one counts.
     *
     * @return the answers, put together when they are asked for: the next chunk need not wait for that
     */
    Supplier<List<RowResult>> register(PreparedChunk chunk) {
        List<RegistrationOutcome> outcomes = chunk.command() == null ? List.of() : commands.register(chunk.command());
        return () -> answers(chunk, outcomes);
    }

    private static List<RowResult> answers(PreparedChunk chunk, List<RegistrationOutcome> outcomes) {
        List<RowResult> results = Arrays.asList(chunk.results());
        for (int i = 0; i < outcomes.size(); i++) {
            int place = chunk.places().get(i);
            RegisterQualification registration = chunk.rows().get(i).registration();
            results.set(place, answered(chunk.format(), chunk.firstRow() + place, registration, outcomes.get(i)));
        }
        return List.copyOf(results);
    }

    /**
     * As {@link #process}, each row a command of its own, for a chunk that fails as a whole: whichever row is the cause is
     * answered so, and its neighbours go on. What only has to be waited for is thrown as ever, and so is a refusal of the
     * custodian's: no row is its cause, and those after it would meet the same.
     */
    List<RowResult> processEach(Job job, List<String> header, long firstRow, List<RawRow> rows) {
        List<RowResult> results = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            long number = firstRow + i;
            try {
                results.addAll(process(job, header, number, List.of(rows.get(i)), true));
            } catch (RuntimeException e) {
                if (BatchWorker.passes(e) || e instanceof KeyRefusedException) {
                    throw e;
                }
                LOG.error(
                        "row {} of batch {} fails: {}",
                        number,
                        job.id(),
                        e.getClass().getName());
                BrokenRecords.in(e).ifPresent(broken -> LOG.error("ALARM: {} is not what was stored", broken));
                ProblemCode code = BatchWorker.code(e);
                // a fault may come after the append, a record that is not right is met before it
                String message = code == ProblemCode.RECORD_UNAVAILABLE
                        ? "nothing was done: send the row again later"
                        : "send the row again: it is not done twice";
                results.add(new RowResult(
                        number, Status.REJECTED, null, null, null, List.of(new RowError("", code.name(), message))));
            }
        }
        return results;
    }

    /**
     * The row, or what stands in its place where it is of a real person and the gate is closed: such a row must not lie in
     * the database until somebody refuses it.
     */
    static RawRow admitted(RawRow row, List<String> header, RequestRules now) {
        boolean blocked = !now.numbers().blockedBy().isEmpty()
                && read(row, header, now, name -> true)
                        instanceof Checked.Invalid<RegistrationRequest>(List<Rejection> rejections)
                && rejections.stream().anyMatch(rejection -> rejection.code() == RejectionCode.GO_LIVE_BLOCKED);
        return blocked ? new RawRow.Blocked() : row;
    }

    /** @param supplier whether a name or id that a LED file names is its sender's */
    private static Checked<RegistrationRequest> read(
            RawRow row, List<String> header, RequestRules today, Predicate<String> supplier) {
        return switch (row) {
            case RawRow.Question(byte[] xml) ->
                LedRow.registration(header.getFirst().getBytes(StandardCharsets.UTF_8), xml, today, supplier);
            case RawRow.Line(byte[] utf8) -> QualificationJson.readRow(utf8, today);
            case RawRow.Cells(List<String> values)
            when values.size() != header.size() ->
                Checked.invalid(RejectionCode.MALFORMED, "", "has not as many cells as the header");
            case RawRow.Cells(List<String> values) -> QualificationCsv.read(byColumn(values, header), today);
            case RawRow.TooLarge() ->
                Checked.invalid(
                        RejectionCode.MALFORMED,
                        "",
                        "longer than " + QualificationJson.MAX_BYTES + " bytes, or of more than " + CsvRows.MAX_CELLS
                                + " cells");
            case RawRow.Blocked() ->
                Checked.invalid(
                        RejectionCode.GO_LIVE_BLOCKED,
                        "/holder/insz",
                        "real national numbers were not accepted when the file came; nothing of the row was kept");
        };
    }

    private static @Nullable String supplierReference(RawRow row, List<String> header) {
        return switch (row) {
            case RawRow.Line(byte[] utf8) ->
                QualificationJson.supplierReference(utf8).orElse(null);
            case RawRow.Question(byte[] xml) -> LedRow.supplierReference(xml).orElse(null);
            case RawRow.Cells(List<String> values) ->
                QualificationCsv.supplierReference(byColumn(values, header)).orElse(null);
            case RawRow.TooLarge(), RawRow.Blocked() -> null;
        };
    }

    private static Map<String, String> byColumn(List<String> values, List<String> header) {
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(values.size(), header.size()); i++) {
            cells.put(header.get(i), values.get(i));
        }
        return cells;
    }

    private static RowResult answered(
            Format format, long row, RegisterQualification registration, RegistrationOutcome outcome) {
        String reference = registration.supplierReference();
        return switch (outcome) {
            case RegistrationOutcome.Accepted(EventPlace place) -> accepted(format, row, registration, Place.of(place));
            case RegistrationOutcome.Acceptable() -> accepted(format, row, registration, null);
            case RegistrationOutcome.Duplicate(EventPlace first) ->
                new RowResult(row, Status.DUPLICATE, reference, Place.of(first), null, List.of());
            case RegistrationOutcome.DuplicateOfRow() ->
                new RowResult(row, Status.DUPLICATE, reference, null, null, List.of());
            case RegistrationOutcome.Refused(Rejection rejection) ->
                rejected(format, row, reference, List.of(rejection));
        };
    }

    private static RowResult accepted(
            Format format, long row, RegisterQualification registration, @Nullable Place place) {
        List<String> unlisted = registration.unlisted().stream()
                .map(pointer -> column(format, pointer))
                .toList();
        return new RowResult(
                row,
                Status.ACCEPTED,
                registration.supplierReference(),
                place,
                unlisted.isEmpty() ? null : unlisted,
                List.of());
    }

    private static RowResult rejected(
            Format format, long row, @Nullable String supplierReference, List<Rejection> rejections) {
        return new RowResult(
                row,
                Status.REJECTED,
                supplierReference,
                null,
                null,
                rejections.stream()
                        .map(rejection -> new RowError(
                                column(format, rejection.pointer()),
                                rejection.code().name(),
                                rejection.message()))
                        .toList());
    }

    /** Where in a row of this format: a column, or in a LED file an element. */
    private static String column(Format format, String pointer) {
        return format == Format.LED ? LedQuestion.element(pointer) : QualificationCsv.column(pointer);
    }
}
