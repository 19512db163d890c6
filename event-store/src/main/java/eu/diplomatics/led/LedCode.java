package eu.diplomatics.led;

/**
 * The exceptions [uitzonderingen] of the LED that this registry answers with: the five that clients know from MAGDA and
 * the LED, and ours, whose origin is {@code DIPLO}. A number never changes its meaning (docs/led.md).
 */
public enum LedCode {
    NO_DATA("40000", "LED", "Geen gegevens gevonden."),
    NO_FILE("13202", "MAGDA", "Gegevens niet opvraagbaar geen persoonsdossier geregistreerd"),
    FILTERED("15021", "MAGDA", "Geen gegevens in antwoord wegens filtering"),
    NOT_AVAILABLE("90000", "LED", "LED Dienst (tijdelijk) niet beschikbaar"),
    TOO_MANY_AT_ONCE("99996", "MAGDA", "Te veel gelijktijdige bevragingen"),

    SCHEMA("71000", "Het bericht voldoet niet aan het schema"),
    MALFORMED("71001", "Een waarde kan niet gelezen worden"),
    VERSION_UNKNOWN("71002", "Deze versie van de dienst wordt niet aangeboden"),

    FIELD_REQUIRED("72001", "Een gegeven is verplicht"),
    INSZ_CHECKSUM("72002", "Het controlegetal van het INSZ is onjuist"),
    INSZ_TEST_NOT_ALLOWED("72003", "Nummers van testpersonen worden hier niet aanvaard"),
    GO_LIVE_BLOCKED("72004", "Nummers van echte personen worden hier nog niet aanvaard"),
    DATE_IN_FUTURE("72005", "De datum ligt in de toekomst"),
    VALUE_NOT_IN_TAXONOMY("72006", "De waarde is geen toegelaten waarde van de taxonomie"),
    COMBINATION_NOT_ALLOWED("72007", "De combinatie van waarden is niet toegelaten"),
    ILLEGAL_CHARACTER("72008", "Een tekst bevat een verboden teken"),
    RECORD_TOO_LARGE("72009", "De teksten van het bewijs zijn samen te lang"),
    VALUE_CLOSED("72010", "De waarde werd op de datum van uitreiking niet meer toegekend"),

    NOT_YOUR_INSTITUTION("73001", "De leverancier mag voor deze instelling niet registreren"),
    NOT_ALLOWED("73002", "De verzoeker mag dit niet"),

    REFERENCE_CONFLICT("74001", "De bewijsreferte is al gebruikt voor een ander bewijs"),
    HOLDER_ERASED("74002", "De identiteit van de persoon is gewist"),
    RECORD_SHREDDED("74003", "Het bewijs is gewist"),
    WRONG_STATE("74004", "De status van het bewijs laat dit niet toe"),
    VERSION_STALE("74005", "Het bewijs is intussen gewijzigd"),
    LINK_CONFLICT("74006", "De persoon heeft al een ander nummer"),

    MORE_THAN_ANSWERED("75001", "Er zijn meer bewijzen dan een antwoord kan bevatten", true),
    REFERENCE_CUT("75002", "Een bewijsreferte is langer dan het antwoord toelaat en werd ingekort", true),
    NOT_ALL_READABLE("75003", "Een of meer bewijzen zijn gewist en staan niet in het antwoord", true);

    private static final String OURS = "DIPLO";

    private final String identification;
    private final String origin;
    private final String diagnosis;
    private final boolean warning;

    LedCode(String identification, String diagnosis) {
        this(identification, OURS, diagnosis, false);
    }

    LedCode(String identification, String origin, String diagnosis) {
        this(identification, origin, diagnosis, false);
    }

    LedCode(String identification, String diagnosis, boolean warning) {
        this(identification, OURS, diagnosis, warning);
    }

    LedCode(String identification, String origin, String diagnosis, boolean warning) {
        this.identification = identification;
        this.origin = origin;
        this.diagnosis = diagnosis;
        this.warning = warning;
    }

    /** @param code one of docs/error-codes.md; what clients cannot mend is {@link #NOT_AVAILABLE} */
    public static LedCode of(String code) {
        return switch (code) {
            case "UNKNOWN_REFERENCE", "UNKNOWN_HOLDER", "NOT_FOUND" -> NO_DATA;
            case "PURPOSE_REQUIRED" -> NO_FILE;
            case "OVERLOADED", "QUOTA_EXCEEDED" -> TOO_MANY_AT_ONCE;
            case "NO_MANDATE", "NOT_IN_MANDATE", "SUPPLIER_WITHDRAWN" -> NOT_ALLOWED;
            case "UNKNOWN_FIELD", "DUPLICATE_KEY", "MALFORMED" -> MALFORMED;
            default -> {
                for (LedCode known : values()) {
                    if (known.name().equals(code) && known.origin.equals(OURS)) {
                        yield known;
                    }
                }
                yield NOT_AVAILABLE;
            }
        };
    }

    public String identification() {
        return identification;
    }

    public String origin() {
        return origin;
    }

    public String diagnosis() {
        return diagnosis;
    }

    /** Whether the answer is given all the same. */
    public boolean isWarning() {
        return warning;
    }
}
