package eu.diplomatics.quickstart;

import eu.diplomatics.quickstart.demo.DemoData;
import eu.diplomatics.quickstart.load.SamplePeople.Person;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.CustodianSite;
import eu.diplomatics.quickstart.stack.CustodianToken;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/** What a newcomer reads when everything runs: where, as whom, and what to try. */
final class ReadyBlock {
    private static final int WIDTH = 100;

    private ReadyBlock() {}

    static String text(
            Addresses addresses, List<CustodianSite> sites, CustodianToken token, List<Person> people, double seconds) {
        String insz = people.isEmpty() ? DemoData.insz() : people.getFirst().insz();
        String line = "─".repeat(WIDTH);
        StringBuilder text = new StringBuilder();
        text.append(line).append('\n');
        text.append(String.format(Locale.ROOT, "READY after %.1f s%n%n", seconds));
        text.append("  registry   ")
                .append(addresses.registryUrl())
                .append("   institutions register; /openapi.json\n");
        text.append("  query      ").append(addresses.queryUrl()).append("   agencies consult; /openapi.json\n");
        if (addresses.tokens()) {
            text.append("  portal     ")
                    .append(addresses.portalUrl())
                    .append("   people sign in and see what is theirs; docs/pages.md\n");
        }
        text.append("  custodian  ")
                .append(sites.stream().map(site -> site.url(addresses)).collect(Collectors.joining("  ")))
                .append(sites.size() == 1 ? "" : " (two sites)")
                .append("  keys, for the services only\n\n");
        text.append(
                addresses.tokens()
                        ? "  WARNING  for trying out only: whoever can read .dev can be anybody (profile insecure, this machine\n"
                                + "           "
                        : "  WARNING  for trying out only: callers are taken at their word (profile insecure, this machine\n"
                                + "           ");
        text.append(
                switch (token) {
                    case SOFTHSM ->
                        "only) and the master key lies in SoftHSM2, which is software, not in a hardware module.\n";
                    case FILE ->
                        "only) and the master key lies in a FILE, not even in a token (install SoftHSM2 for that).\n";
                });
        text.append("           Never put real people's data in here.\n\n");
        text.append(
                "  You can be   supplier:kuleuven | supplier:hoger-onderwijs | agency:vdab | citizen:INSZ | controller:led\n");
        text.append(
                addresses.tokens()
                        ? "               by the headers that ./dev token ROLE:ID METHOD URL makes for one request\n"
                        : "               by the header X-Caller: ROLE:ID\n");
        text.append("  Who consults says why: X-Purpose: job-matching   X-Case: 2026-17   X-End-User: clerk-7\n");
        if (!people.isEmpty()) {
            text.append("  Invented people (national numbers for tests):\n");
            for (Person person : people) {
                text.append(String.format(
                        Locale.ROOT,
                        "    %s  %d %s%s%n",
                        person.insz(),
                        person.diplomas(),
                        person.diplomas() == 1 ? "qualification" : "qualifications",
                        person.annulled() ? ", one annulled" : ""));
            }
        }
        text.append("\n  Try next")
                .append(addresses.tokens() ? " (in bash or zsh: <( ) hands curl what ./dev token prints)" : "")
                .append("\n\n  1. Consult somebody:\n\n");
        text.append(consult(addresses, insz));
        text.append("\n  2. Register a diploma for the same person, then consult again:\n\n");
        text.append(register(addresses, insz));
        text.append("\n  3. Walk through everything, request by request:\n\n     ./dev demo\n");
        return text.append(line).toString();
    }

    private static String consult(Addresses addresses, String insz) {
        return """
                curl -s %s/v1/consultations \\
                  -H %s \\
                  -H 'X-Purpose: job-matching' -H 'X-Case: 2026-17' -H 'X-End-User: clerk-7' \\
                  -H 'Content-Type: application/json' -d '{"insz": "%s"}'
                """.formatted(
                        addresses.queryUrl(),
                        who(addresses, "agency:vdab", addresses.queryUrl() + "/v1/consultations"),
                        insz)
                .indent(5);
    }

    private static String register(Addresses addresses, String insz) {
        return """
                curl -s %s/v1/qualifications \\
                  -H %s \\
                  -H 'Content-Type: application/json' -d '%s'
                """.formatted(
                        addresses.registryUrl(),
                        who(addresses, "supplier:kuleuven", addresses.registryUrl() + "/v1/qualifications"),
                        DemoData.registration(
                                "try-" + UUID.randomUUID().toString().substring(0, 8),
                                insz,
                                DemoData.master("Master of Science in de sociologie", "2024-06-28")))
                .indent(5);
    }

    private static String who(Addresses addresses, String caller, String url) {
        return addresses.tokens() ? "@<(./dev token " + caller + " POST " + url + ")" : "'X-Caller: " + caller + "'";
    }
}
