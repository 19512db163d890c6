package eu.diplomatics.query.accesslog;

import eu.diplomatics.query.database.Login;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the access log lies. The reader's login is for the controller, never for this service.
 *
 * @param teller reads rows for those who may know who looked
 * @param notifier writes notices for agencies and gives them
 */
@ConfigurationProperties("diplomatics.accesslog")
record AccessLogSettings(String url, Login writer, Login teller, Login notifier, Login migrator) {
    AccessLogSettings {
        if (teller == null) {
            throw new IllegalStateException("diplomatics.accesslog.teller is missing: the login of the role al_teller");
        }
        if (notifier == null) {
            throw new IllegalStateException(
                    "diplomatics.accesslog.notifier is missing: the login of the role al_notifier");
        }
    }
}
