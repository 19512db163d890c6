package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.led.LedEnvelope;
import eu.diplomatics.led.LedSignatures;
import eu.diplomatics.led.SigningParties;
import eu.diplomatics.led.SoapClient;
import eu.diplomatics.led.SoapClient.Reply;
import eu.diplomatics.led.StrictXml.Bounds;
import eu.diplomatics.qualification.Examples;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outside the profile insecure who signed a message is who asks, and answers are signed. */
class SignedMessagesTest {
    private static final String PATH = "/led/GeefBewijs";
    private static final String TEXT = "text/xml; charset=utf-8";

    @TempDir
    static Path folder;

    private static QueryFixture fixture;
    private static RunningQuery query;
    private static SigningParties parties;

    @BeforeAll
    static void start() {
        parties = new SigningParties(folder, "vdab", "stranger", "registry");
        fixture = new QueryFixture();
        fixture.registry().grant(Examples.mandate("vdab", "job-mediation", "basis"));
        query = fixture.startForRealPeople(
                false,
                "diplomatics.led.capacities[0].code=a1300",
                "diplomatics.led.capacities[0].agency=vdab",
                "diplomatics.led.capacities[0].purpose=job-mediation",
                "diplomatics.led.capacities[1].code=a1400",
                "diplomatics.led.capacities[1].agency=vdab",
                "diplomatics.led.capacities[1].purpose=benefits",
                "diplomatics.led.signers[0].party=vdab",
                "diplomatics.led.signers[0].certificate=" + parties.certificateFile("vdab"),
                "diplomatics.led.signing.key-store=" + parties.keyStore("registry"),
                "diplomatics.led.signing.password=" + parties.password());
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
    }

    private static byte[] signed(String party, String capacity) {
        return parties.signing(party)
                .sign(
                        SoapClient.geefBewijs(Deliveries.person().digits(), capacity)
                                .getBytes(StandardCharsets.UTF_8),
                        Bounds.MESSAGE);
    }

    private static void assertSignedByTheRegistry(Reply reply) throws Exception {
        LedEnvelope answer = LedEnvelope.read(
                "text/xml",
                new ByteArrayInputStream(reply.text().getBytes(StandardCharsets.UTF_8)),
                Bounds.ANSWER,
                Duration.ofSeconds(5));
        assertThat(new LedSignatures(parties.signers("registry"), InstantSource.system()).signer(answer, null))
                .isEqualTo("registry");
    }

    @Test
    void aSignedQuestionIsAnsweredAndTheAnswerIsSigned() throws Exception {
        SoapClient client = new SoapClient(query.base());
        byte[] question = signed("vdab", "a1300");
        Reply reply = client.post(PATH, question, TEXT);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.exceptions()).containsExactly("40000");
        assertSignedByTheRegistry(reply);

        Reply again = client.post(PATH, question, TEXT);
        assertThat(again.faultCode()).isEqualTo("MESSAGE_REPLAYED");
        assertSignedByTheRegistry(again);
    }

    @Test
    void aCapacityWithoutAMandateInForceIsToldSo() {
        Reply reply = new SoapClient(query.base()).post(PATH, signed("vdab", "a1400"), TEXT);
        assertThat(reply.exceptions()).containsExactly("73002");
    }

    @Test
    void noHeaderStandsForASignature() {
        SoapClient client = new SoapClient(query.base(), "X-Caller", "agency:vdab");
        assertThat(client.post(PATH, SoapClient.geefBewijs("99610100179", "a1300"))
                        .faultCode())
                .isEqualTo("UNAUTHENTICATED");
        assertThat(client.post(PATH, signed("stranger", "a1300"), TEXT).faultCode())
                .isEqualTo("SIGNATURE_REFUSED");
    }
}
