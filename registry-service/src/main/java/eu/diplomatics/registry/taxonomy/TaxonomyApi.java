package eu.diplomatics.registry.taxonomy;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.TaxonomyChanges;
import eu.diplomatics.qualification.TaxonomyChanges.Listed;
import eu.diplomatics.qualification.TaxonomyEntry;
import eu.diplomatics.qualification.TaxonomyEntry.Link;
import eu.diplomatics.qualification.TaxonomyJson;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.reference.ReferenceAnswers;
import eu.diplomatics.registry.registration.Authorship;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.taxonomy.Taxonomy;
import eu.diplomatics.taxonomy.TaxonomyList;
import eu.diplomatics.taxonomy.TaxonomyList.LinkRule;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The taxonomy, kept by the controller. */
@RestController
final class TaxonomyApi {
    private static final String ALL = "/v1/taxonomy";
    private static final String LIST = ALL + "/{list}";
    private static final String ENTRY = LIST + "/{code}";

    private final TaxonomyRegister register;
    private final Rules rules;

    TaxonomyApi(TaxonomyRegister register, Rules rules) {
        this.register = register;
        this.rules = rules;
    }

    /**
     * An entry of a list.
     *
     * @param closedFrom absent while it is open
     * @param links codes of other entries, by what they are to it; absent without any
     * @param version 0 where the file says so and nobody changed it; then nobody stands behind it either
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ShownEntry(
            String list,
            String code,
            @Nullable String name,
            @Nullable LocalDate closedFrom,
            @Nullable Map<String, List<String>> links,
            long version,
            @Nullable String by,
            @Nullable String reason,
            @Nullable Instant recordedAt) {
        static ShownEntry of(Listed listed) {
            return of(listed.entry(), listed.version(), listed.by(), listed.reason(), listed.recordedAt());
        }

        static ShownEntry of(TaxonomyEntry entry, TaxonomyChanges changes) {
            return changes.entry(entry.list(), entry.code())
                    .map(ShownEntry::of)
                    .orElseGet(() -> of(entry, 0, null, null, null));
        }

        private static ShownEntry of(
                TaxonomyEntry entry,
                long version,
                @Nullable String by,
                @Nullable String reason,
                @Nullable Instant recordedAt) {
            Map<String, List<String>> links = new LinkedHashMap<>();
            for (Link link : entry.links()) {
                links.put(link.name(), link.codes());
            }
            return new ShownEntry(
                    entry.list(),
                    entry.code(),
                    entry.name(),
                    entry.closedFrom(),
                    links.isEmpty() ? null : links,
                    version,
                    by,
                    reason,
                    recordedAt);
        }
    }

    /** @param entries how many there are, closed ones too */
    record ShownList(String list, int entries) {}

    /** @param version that derived data name */
    record ShownTaxonomy(String version, List<ShownList> lists) {}

    /** @param version of the taxonomy */
    record ShownEntries(String list, String version, List<ShownEntry> entries) {}

    /** The oldest first; without what a file said. */
    record EntryHistory(List<ShownEntry> versions) {}

    @GetMapping(ALL)
    ShownTaxonomy taxonomy(@RequestParam(required = false) @Nullable String asOf, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        Taxonomy taxonomy = register.after(changesUntil(asOf));
        return new ShownTaxonomy(
                taxonomy.version(),
                Arrays.stream(TaxonomyList.values())
                        .map(list -> new ShownList(
                                list.label(), taxonomy.entries(list).size()))
                        .toList());
    }

    @GetMapping(LIST)
    ShownEntries list(
            @PathVariable String list,
            @RequestParam(required = false) @Nullable String asOf,
            HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        TaxonomyList asked = known(list);
        TaxonomyChanges changes = changesUntil(asOf);
        Taxonomy taxonomy = register.after(changes);
        return new ShownEntries(
                asked.label(),
                taxonomy.version(),
                taxonomy.entries(asked).stream()
                        .map(entry -> ShownEntry.of(entry, changes))
                        .toList());
    }

    @GetMapping(ENTRY)
    ResponseEntity<ShownEntry> entry(@PathVariable String list, @PathVariable String code, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        TaxonomyChanges changes = changesUntil(null);
        ShownEntry found = register.after(changes)
                .find(known(list), code)
                .map(entry -> ShownEntry.of(entry, changes))
                .orElseThrow(TaxonomyApi::unknown);
        return ReferenceAnswers.tagged(200, found.version(), found);
    }

    @GetMapping(ENTRY + "/history")
    EntryHistory history(@PathVariable String list, @PathVariable String code, HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        TaxonomyList asked = known(list);
        List<Listed> versions = TaxonomyChanges.history(register.changes(), asked.label(), code);
        if (versions.isEmpty() && register.ofFile().find(asked, code).isEmpty()) {
            throw unknown();
        }
        return new EntryHistory(versions.stream().map(ShownEntry::of).toList());
    }

    @PutMapping(ENTRY)
    ResponseEntity<ShownEntry> change(
            @PathVariable String list, @PathVariable String code, HttpServletRequest request) {
        Caller caller = Caller.controller(request);
        TaxonomyList asked = known(list);
        if (!asked.accepts(code) && register.ofFile().find(asked, code).isEmpty()) {
            throw ProblemException.at(ProblemCode.MALFORMED, "path", "An entry of this list cannot have this code.");
        }
        TaxonomyJson.ListEntry read = Rejections.orProblem(TaxonomyJson.readEntry(
                Bodies.json(request),
                rules.now(Mode.STRICT),
                asked.label(),
                code,
                asked.isNamed(),
                asked.links().stream().map(LinkRule::name).toList()));
        return ReferenceAnswers.answer(
                register.list(
                        asked,
                        read.entry(),
                        ReferenceAnswers.expected(request),
                        Authorship.of(request, caller, read.reason())),
                201,
                ShownEntry::of,
                Listed::version,
                unknown());
    }

    private TaxonomyChanges changesUntil(@Nullable String asOf) {
        Instant moment = ReferenceAnswers.moment(asOf);
        return TaxonomyChanges.of(register.changes().stream()
                .filter(change -> moment == null || !change.recordedAt().isAfter(moment))
                .toList());
    }

    private static TaxonomyList known(String list) {
        return TaxonomyList.of(list).orElseThrow(TaxonomyApi::unknown);
    }

    private static ProblemException unknown() {
        return ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "There is no such list or entry.");
    }
}
