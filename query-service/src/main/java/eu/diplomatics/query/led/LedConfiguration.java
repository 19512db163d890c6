package eu.diplomatics.query.led;

import eu.diplomatics.led.LedDoor;
import eu.diplomatics.led.LedReplies;
import eu.diplomatics.led.LedSchemas;
import eu.diplomatics.led.LedSignatures;
import eu.diplomatics.led.LedSigners;
import eu.diplomatics.led.LedSigning;
import eu.diplomatics.query.disclosure.SupplierBook;
import eu.diplomatics.taxonomy.Institutions;
import java.nio.file.Path;
import java.time.InstantSource;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.context.WebApplicationContext;

/** Spring-WS under {@code /led}, wired by hand: its starter does not come for this version of Boot. */
@Configuration(proxyBeanMethods = false)
class LedConfiguration {
    @Bean
    LedMessages ledMessages(LedSigner signer) {
        return new LedMessages(signer);
    }

    @Bean
    LedSigner ledSigner(LedSettings settings) {
        LedSettings.Signing signing = settings.signing();
        return new LedSigner(
                signing == null
                        ? null
                        : LedSigning.load(signing.keyStore(), signing.password().toCharArray()));
    }

    @Bean
    LedSignatures ledSignatures(LedSettings settings) {
        return new LedSignatures(LedSigners.load(settings.signers()), InstantSource.system());
    }

    @Bean
    LedReplies ledReplies(LedSettings settings) {
        return new LedReplies(settings.identification(), InstantSource.system());
    }

    @Bean
    LedDoor ledDoor(LedReplies replies) {
        return new LedDoor(new LedSchemas(), replies);
    }

    @Bean
    SupplierNames supplierNames(LedSettings settings, SupplierBook book) {
        Path file = settings.suppliers();
        return new SupplierNames(file == null ? Institutions.sample() : Institutions.load(file), book);
    }

    @Bean
    ServletRegistrationBean<LedServlet> led(WebApplicationContext context, LedAdmission admission, LedSigner signer) {
        return new ServletRegistrationBean<>(
                new LedServlet(context, admission, signer, LedAdmission.SERVICES), "/led/*");
    }
}
