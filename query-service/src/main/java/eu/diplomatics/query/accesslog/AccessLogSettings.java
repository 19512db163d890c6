package eu.diplomatics.query.accesslog;

import eu.diplomatics.query.database.Login;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Where the access log lies. The reader's login is for the controller, never for this service. */
@ConfigurationProperties("diplomatics.accesslog")
record AccessLogSettings(String url, Login writer, Login migrator) {}
