package eu.diplomatics.registry.caller;

import eu.diplomatics.access.AccessTokens;
import eu.diplomatics.access.FreshSignIn;
import eu.diplomatics.access.IdentitySettings;
import eu.diplomatics.taxonomy.InstitutionsNow;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Callers prove who they are, by tokens of the providers in {@code diplomatics.identity}. */
@Configuration(proxyBeanMethods = false)
@Profile("!insecure | tokens")
class TokenConfiguration {
    @Bean
    CallerResolver saidByToken(
            Environment environment, InstitutionsNow institutions, ObjectProvider<InstantSource> clock) {
        IdentitySettings settings = settings(environment);
        AccessTokens tokens = new AccessTokens(settings, "registry", clock.getIfAvailable(InstantSource::system));
        return new SaidByToken(tokens, settings.origin(), institutions);
    }

    @Bean
    WebMvcConfigurer freshSignIn(Environment environment, ObjectProvider<InstantSource> clock) {
        FreshSignIn rule =
                new FreshSignIn(settings(environment), "registry", clock.getIfAvailable(InstantSource::system));
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new FreshSignInInterceptor(rule));
            }
        };
    }

    private static IdentitySettings settings(Environment environment) {
        return Binder.get(environment).bindOrCreate("diplomatics.identity", IdentitySettings.class);
    }
}
