package eu.diplomatics.query.projection;

import eu.diplomatics.query.database.Login;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Where the projection lies, and its three roles. */
@ConfigurationProperties("diplomatics.query")
record ProjectionSettings(String url, Login projector, Login reader, Login migrator) {}
