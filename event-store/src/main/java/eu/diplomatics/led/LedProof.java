package eu.diplomatics.led;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Derived;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * A qualification as GeefBewijs answers it, {@code BewijsType}.
 *
 * @param modifiedAt when the registry recorded its last change
 * @param supplier the supplier's name
 * @param shown which optional fields of the basis data are answered, see {@link #OPTIONAL_FIELDS}
 */
public record LedProof(
        UUID reference,
        long version,
        boolean annulled,
        Instant modifiedAt,
        String supplier,
        String supplierReference,
        String insz,
        Basis basis,
        Derived derived,
        Set<String> shown) {
    /** What an answer in this format may hold. */
    public static final int MOST_IN_AN_ANSWER = 99;
    /** The optional fields, by their names in JSON. */
    public static final Set<String> OPTIONAL_FIELDS = LedBasis.OPTIONAL;

    static final ZoneId BELGIUM = ZoneId.of("Europe/Brussels");
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("dd.MM.yyyy");
    private static final int REFERENCE_LENGTH = 36;
    private static final Derived.Code UNKNOWN = new Derived.Code("NBS", "Niet beschikbaar");

    /** Whether the supplier's reference is longer than the format has room for; it is then answered cut. */
    public boolean isReferenceCut() {
        return supplierReference.codePointCount(0, supplierReference.length()) > REFERENCE_LENGTH;
    }

    void write(Element proof) {
        Element references = Elements.add(proof, "BewijsrefertesLed");
        Elements.add(references, "Bewijsreferte", reference.toString());
        Elements.add(references, "Bewijsmutatiereferte", new MutationReference(reference, version).toString());
        Element status = Elements.add(proof, "BewijsstatusLed");
        Elements.add(status, "Code", annulled ? "10" : "1");
        ZonedDateTime modified = modifiedAt.atZone(BELGIUM);
        Element at = Elements.add(status, "DatumModificatie");
        Elements.add(at, "Datum", DAY.format(modified));
        Elements.add(at, "Tijd", TIME.format(modified));
        Element from = Elements.add(proof, "Leverancier");
        Elements.add(from, "Naam", supplier);
        Elements.add(
                from,
                "Bewijsreferte",
                isReferenceCut()
                        ? supplierReference.substring(0, supplierReference.offsetByCodePoints(0, REFERENCE_LENGTH))
                        : supplierReference);
        Elements.add(Elements.add(proof, "PersoonUitgereikt"), "INSZ", insz);
        LedBasis.write(Elements.add(proof, "Basis"), basis, shown);
        Element computed = Elements.add(proof, "Afgeleid");
        code(computed, "ISCEDStudiegebied", derived.iscedField1997(), UNKNOWN);
        code(computed, "ISCEDStudiegebied2013", derived.iscedField2013(), null);
        code(computed, "ISCEDNiveau", derived.iscedLevel1997(), UNKNOWN);
        code(computed, "ISCEDNiveau2011", derived.iscedLevel2011(), null);
        code(computed, "VKSNiveauOnderwijskwalificatie", derived.vksEducation(), UNKNOWN);
        code(computed, "VKSNiveauBeroepskwalificatie", derived.vksProfessional(), UNKNOWN);
    }

    private static void code(
            Element parent, String name, Derived.@Nullable Code stated, Derived.@Nullable Code otherwise) {
        Derived.Code code = stated == null ? otherwise : stated;
        if (code != null) {
            Element element = Elements.add(parent, name);
            Elements.add(element, "Code", code.code());
            LedBasis.optional(element, "Naam", code.name());
        }
    }

    @Override
    public String toString() {
        return "LedProof[" + reference + ", redacted]";
    }
}
