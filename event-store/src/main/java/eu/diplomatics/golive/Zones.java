package eu.diplomatics.golive;

import eu.diplomatics.golive.ZoneSettings.Place;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what, where, and under whose law (R25, R15): declared by the operator, checked before the service connects to
 * anything.
 *
 * @param named by zone, in the order a, b, c, custodian; empty when all stand on one machine, or nobody said
 * @param riskAcceptance who signed for zone c's plaintext
 * @param allowed the countries that were allowed
 */
public record Zones(
        Map<String, Zone> named, @Nullable RiskAcceptance riskAcceptance, Set<String> allowed, boolean oneMachine) {
    /** European Union, Iceland, Liechtenstein and Norway. */
    static final Set<String> EEA = Set.of(
            "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI",
            "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK");

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    /** @param parent country of the operator's ultimate parent company */
    public record Zone(String operator, String country, String parent) {
        boolean hasOperatorOf(Zone other) {
            return operator.equalsIgnoreCase(other.operator);
        }
    }

    /** Somebody signed, on a day, that zone c's operator sees plaintext in memory. */
    public record RiskAcceptance(String by, LocalDate on) {}

    /** A declaration under which nothing may start; its message says what to change. */
    public static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * @param settings null when nothing was said
     * @param insecure whether this is the profile for one machine, which may leave zones undeclared
     * @throws RefusedException naming each zone, what is wrong with it and what to do
     */
    public static Zones of(@Nullable ZoneSettings settings, boolean insecure) {
        ZoneSettings said = settings == null ? new ZoneSettings(null, null, null, null, null, false) : settings;
        List<String> wrong = new ArrayList<>();
        Set<String> allowed = allowed(said.allowed(), wrong);
        boolean nothingSaid = said.a() == null && said.b() == null && said.c() == null && said.custodian() == null;
        if (said.oneMachine() && !(insecure && nothingSaid)) {
            wrong.add(
                    "diplomatics.zones.one-machine is for the profile insecure, and instead of zones: declare the zones");
        } else if (!(insecure && nothingSaid)) {
            Map<String, Zone> named = new LinkedHashMap<>();
            zone("a", said.a(), allowed, named, wrong);
            zone("b", said.b(), allowed, named, wrong);
            zone("c", said.c(), allowed, named, wrong);
            zone("custodian", said.custodian(), allowed, named, wrong);
            apart(named, wrong);
            RiskAcceptance acceptance = said.c() == null ? null : acceptance(said.c(), wrong);
            if (wrong.isEmpty()) {
                return new Zones(named, acceptance, allowed, false);
            }
        }
        if (!wrong.isEmpty()) {
            throw new RefusedException("start refused: " + String.join("; ", wrong));
        }
        return new Zones(Map.of(), null, allowed, said.oneMachine());
    }

    private static Set<String> allowed(@Nullable List<String> said, List<String> wrong) {
        Set<String> allowed = new TreeSet<>(EEA);
        if (said != null && !said.isEmpty()) {
            allowed.clear();
            said.forEach(country -> allowed.add(country.strip()));
            allowed.stream()
                    .filter(country -> !COUNTRIES.contains(country))
                    .forEach(country -> wrong.add("diplomatics.zones.allowed names " + quoted(country)
                            + ", which is no country of ISO 3166-1: write two capital letters, such as BE"));
        }
        return allowed;
    }

    private static void zone(
            String name, @Nullable Place said, Set<String> allowed, Map<String, Zone> named, List<String> wrong) {
        String setting = "diplomatics.zones." + name;
        if (said == null) {
            wrong.add("zone " + name + " is not declared: set " + setting + ".operator, .country and .parent");
            return;
        }
        String operator = text(said.operator());
        if (operator.isEmpty()) {
            wrong.add("zone " + name + " has no operator: name the legal person in " + setting + ".operator");
        }
        String country = country(setting + ".country", "stands in", said.country(), allowed, wrong);
        String parent = country(setting + ".parent", "is controlled from", said.parent(), allowed, wrong);
        named.put(name, new Zone(operator, country, parent));
    }

    private static String country(
            String setting, String how, @Nullable String said, Set<String> allowed, List<String> wrong) {
        String country = text(said);
        String zone = "zone " + setting.split("\\.")[2];
        if (!COUNTRIES.contains(country)) {
            wrong.add(zone + " " + how + " no country of ISO 3166-1: set " + setting + " to two capital letters");
        } else if (!allowed.contains(country)) {
            wrong.add(zone + " " + how + " " + country + ", which is not allowed (" + String.join(", ", allowed)
                    + "): move it, or have the controller extend diplomatics.zones.allowed");
        }
        return country;
    }

    private static void apart(Map<String, Zone> named, List<String> wrong) {
        List<String> holders = List.of("a", "b", "custodian");
        for (int i = 0; i < holders.size(); i++) {
            for (int j = i + 1; j < holders.size(); j++) {
                Zone one = named.get(holders.get(i));
                Zone other = named.get(holders.get(j));
                if (one != null && other != null && !one.operator().isEmpty() && one.hasOperatorOf(other)) {
                    wrong.add(
                            "zones " + holders.get(i) + " and " + holders.get(j)
                                    + " have the same operator, who would hold what must stay apart: give one of them to another");
                }
            }
        }
    }

    private static @Nullable RiskAcceptance acceptance(Place c, List<String> wrong) {
        String by = text(c.riskAcceptedBy());
        String on = text(c.riskAcceptedOn());
        if (by.isEmpty() && on.isEmpty()) {
            return null;
        }
        try {
            if (!by.isEmpty()) {
                return new RiskAcceptance(by, LocalDate.parse(on));
            }
        } catch (DateTimeException e) {
            // said below, with what to do
        }
        wrong.add("zone c names half a risk acceptance: set diplomatics.zones.c.risk-accepted-by and"
                + " .risk-accepted-on, a day such as 2026-11-22");
        return null;
    }

    private static String text(@Nullable String said) {
        return said == null ? "" : said.strip();
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** As a JSON object, for answers and signed reports. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("oneMachine", oneMachine);
        document.put("allowed", List.copyOf(allowed));
        named.forEach((name, zone) -> {
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("operator", zone.operator());
            of.put("country", zone.country());
            of.put("parent", zone.parent());
            document.put(name, of);
        });
        RiskAcceptance acceptance = riskAcceptance;
        if (acceptance != null) {
            document.put(
                    "plaintextAccepted",
                    Map.of("by", acceptance.by(), "on", acceptance.on().toString()));
        }
        return document;
    }
}
