package eu.diplomatics.led;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.diplomatics.led.LedSamples.LedRecord;
import eu.diplomatics.led.LedXml.Element;
import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.EventCodec;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.taxonomy.Admission;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.Taxonomy;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("The LED's sample answers (L2.10)")
class LedSamplesTest {
    private final Taxonomy taxonomy = Taxonomy.current();
    private final Admission admission = new Admission(() -> taxonomy, Institutions::sample);

    @Test
    void are_all_admitted_in_mode_legacy_with_their_derived_data_as_supplied() throws Exception {
        for (LedRecord sample : samples()) {
            RegistrationRequest request = sample.read(Examples.LEGACY).orElseThrow();
            RegisterQualification command =
                    admission.register(sample.supplier(), request, Mode.LEGACY).orElseThrow();
            assertThat(command.derived()).isEqualTo(request.derived());
            assertThat(command.derived().iscedLevel1997()).isNotNull();
            assertThat(request.holder()).isEqualTo(new ByInsz(new Insz(sample.insz())));
        }
    }

    @Test
    void say_of_the_same_supplier_reference_the_same_thing_or_another() throws Exception {
        Map<String, RegistrationRequest> first = new HashMap<>();
        int duplicates = 0;
        int conflicts = 0;
        for (LedRecord sample : samples()) {
            RegistrationRequest request = sample.read(Examples.LEGACY).orElseThrow();
            RegistrationRequest before =
                    first.putIfAbsent(sample.supplier() + '\n' + sample.supplierReference(), request);
            if (before != null && request.repeats(before.holder(), before.basis())) {
                duplicates++;
            } else if (before != null) {
                conflicts++;
            }
        }
        assertThat(List.of(samples().size(), first.size(), duplicates, conflicts))
                .containsExactly(68, 49, 0, 19);
    }

    @Test
    void have_values_that_only_mode_legacy_lets_through() throws Exception {
        List<RegisterQualification> commands = samples().stream()
                .map(s -> admission
                        .register(s.supplier(), s.read(Examples.LEGACY).orElseThrow(), Mode.LEGACY)
                        .orElseThrow())
                .toList();
        assertThat(commands.stream().filter(c -> c.basis().awardedOn().year() == 1800))
                .isNotEmpty()
                .allMatch(c -> c.unlisted().contains("/basis/awardedOn"));
        assertThat(commands.stream().filter(c -> c.basis().fullName().equals("Niet beschikbaar")))
                .isNotEmpty()
                .allMatch(c -> c.unlisted().contains("/basis/fullName"));
        assertThat(commands.stream().filter(c -> c.unlisted().isEmpty()))
                .as("those that the taxonomy knows in full")
                .hasSizeGreaterThan(15);
        assertThat(commands.stream().flatMap(c -> c.unlisted().stream()))
                .doesNotContain("/basis/category", "/basis/degree", "/basis/kind", "/basis/subject/code");
    }

    @Test
    void survive_the_way_into_an_event_and_back() throws Exception {
        EventCodec codec = new EventCodec();
        EventMetadata metadata = new EventMetadata("supplier:x", "batch", "", "c");
        for (LedRecord sample : samples()) {
            RegistrationRequest request = sample.read(Examples.LEGACY).orElseThrow();
            RegisterQualification c =
                    admission.register(sample.supplier(), request, Mode.LEGACY).orElseThrow();
            QualificationRegistered registered = new QualificationRegistered(
                    c.supplier(), c.supplierReference(), c.basis(), c.derived(), c.unlisted());
            HolderIdentity holder = request.holder();
            UUID id = UUID.randomUUID();
            assertThat(codec.decode(registered.type(), 1, codec.encode(id, registered, metadata))
                            .event())
                    .isEqualTo(registered);
            assertThat(codec.decode("HolderIdentified", 1, codec.encode(id, new HolderIdentified(holder), metadata))
                            .event())
                    .isEqualTo(new HolderIdentified(holder));
        }
    }

    @Test
    void lose_nothing_of_their_basis_data_but_white_space() throws Exception {
        List<LedRecord> samples = samples();
        List<Element> elements = new ArrayList<>();
        Path directory = LedSamples.directory().orElseThrow();
        for (String file : samples.stream().map(LedRecord::file).distinct().toList()) {
            try (InputStream in = Files.newInputStream(directory.resolve(file))) {
                LedXml.read(in).forEach(e -> {
                    if (e.name().equals("Basis")) {
                        elements.add(e);
                    }
                });
            }
        }
        JsonMapper mapper =
                JsonMapper.builder().addModule(QualificationJson.module()).build();
        for (int i = 0; i < samples.size(); i++) {
            Basis basis = samples.get(i).read(Examples.LEGACY).orElseThrow().basis();
            List<String> read = new ArrayList<>();
            scalars(mapper.valueToTree(basis), read);
            List<String> stated = new ArrayList<>();
            elements.get(i).forEach(e -> {
                if (e.children().isEmpty() && !e.text().isBlank()) {
                    stated.add(e.text().strip().replaceAll("[ \\t\\r\\n]+", " "));
                }
            });
            // a date is one value here and up to three elements there
            read.remove(basis.awardedOn().toString());
            read.addAll(List.of(basis.awardedOn().toString().split("-", -1)));
            assertThat(read).as(samples.get(i).file()).containsExactlyInAnyOrderElementsOf(stated);
        }
    }

    private static void scalars(JsonNode node, List<String> scalars) {
        if (node.isContainer()) {
            node.forEach(child -> scalars(child, scalars));
        } else {
            scalars.add(node.asString());
        }
    }

    @Test
    void are_refused_with_a_document_type_or_an_entity(@TempDir Path dir) throws Exception {
        Path secret = Files.writeString(dir.resolve("secret.txt"), "geheim");
        for (String xml : List.of(
                "<!DOCTYPE a><a/>",
                "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><a>&x;</a>",
                "<!DOCTYPE a SYSTEM \"" + secret.toUri() + "\"><a/>",
                "<a>&x;</a>",
                "<a><b></a>",
                "<a>".repeat(40) + "</a>".repeat(40))) {
            assertThatThrownBy(() -> LedXml.read(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))))
                    .as(xml)
                    .isInstanceOf(XMLStreamException.class)
                    .hasMessageNotContaining("geheim");
        }
    }

    private static List<LedRecord> samples() throws Exception {
        assumeTrue(LedSamples.directory().isPresent(), "the LED's samples (../shared) are not beside these sources");
        return LedSamples.read(LedSamples.directory().orElseThrow());
    }
}
