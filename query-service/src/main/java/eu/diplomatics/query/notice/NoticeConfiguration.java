package eu.diplomatics.query.notice;

import eu.diplomatics.accesslog.NoticeSeal;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.Incarnations;
import eu.diplomatics.query.accesslog.NoticeLedger;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Notices are written while the service runs; what is told comes from the log's own store. */
@Configuration(proxyBeanMethods = false)
class NoticeConfiguration {
    @Bean(initMethod = "start")
    NoticeLife noticeLife(
            EventReader log,
            Incarnations incarnations,
            NoticeLedger ledger,
            NoticeSeal seal,
            MeterRegistry metrics,
            @Value("${diplomatics.notices.every:10s}") Duration every) {
        NoticeMaker maker = new NoticeMaker(log, incarnations, ledger, seal);
        return new NoticeLife(maker, ledger, every, InstantSource.system(), metrics);
    }
}
