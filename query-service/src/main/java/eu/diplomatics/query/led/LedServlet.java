package eu.diplomatics.query.led;

import eu.diplomatics.led.LedRefusedException;
import eu.diplomatics.led.LedSchemas;
import eu.diplomatics.led.LedService;
import eu.diplomatics.query.caller.CallRateFilter;
import eu.diplomatics.query.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.ws.transport.http.MessageDispatcherServlet;
import org.springframework.ws.wsdl.WsdlDefinition;
import org.springframework.ws.wsdl.wsdl11.SimpleWsdl11Definition;
import org.springframework.xml.xsd.SimpleXsdSchema;
import org.springframework.xml.xsd.XsdSchema;

/** Spring's dispatcher under {@code /led}: lets messages in, and serves the contract. */
final class LedServlet extends MessageDispatcherServlet {
    private static final long serialVersionUID = 1L;
    private static final String SCHEMAS = "/schemas/";

    private final transient LedAdmission admission;
    private final transient LedSigner signer;
    private final Set<String> services;

    LedServlet(WebApplicationContext context, LedAdmission admission, LedSigner signer, Set<LedService> services) {
        super(context);
        this.admission = admission;
        this.signer = signer;
        this.services = services.stream().map(LedService::element).collect(Collectors.toUnmodifiableSet());
        setTransformWsdlLocations(true);
        setMessageFactoryBeanName("ledMessages");
    }

    @Override
    protected void doService(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.setHeader("Cache-Control", "no-store");
        if (request.getAttribute(CallRateFilter.REFUSAL) instanceof ProblemException refusal) {
            Duration wait = refusal.retryAfter();
            if (wait != null) {
                response.setHeader("Retry-After", Long.toString(wait.toSeconds()));
            }
            // not signed: that would cost more than what was refused
            fault(response, new LedRefusedException(refusal.code(), refusal.detail()).fault());
            return;
        }
        if (request.getMethod().equals("POST")) {
            try {
                request.setAttribute(LedCall.ATTRIBUTE, admission.admit(request));
            } catch (LedRefusedException refused) {
                fault(response, signer.signed(refused.fault()));
                return;
            }
        }
        super.doService(request, response);
    }

    private static void fault(HttpServletResponse response, byte[] fault) throws IOException {
        response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        response.setContentType("text/xml;charset=utf-8");
        response.setContentLength(fault.length);
        response.getOutputStream().write(fault);
    }

    /** {@code /led/SERVICE?wsdl}, as every client asks for it. */
    @Override
    protected @Nullable WsdlDefinition getWsdlDefinition(HttpServletRequest request) {
        String name = path(request).substring(1);
        String query = request.getQueryString() == null ? "" : request.getQueryString();
        if (!request.getMethod().equals("GET")
                || !services.contains(name)
                || !query.toLowerCase(Locale.ROOT).equals("wsdl")) {
            return null;
        }
        SimpleWsdl11Definition definition = new SimpleWsdl11Definition(
                new ByteArrayResource(LedSchemas.file(name + ".wsdl").orElseThrow()));
        try {
            definition.afterPropertiesSet();
        } catch (Exception e) {
            throw new IllegalStateException("a description of this program was not read", e);
        }
        return definition;
    }

    @Override
    protected @Nullable XsdSchema getXsdSchema(HttpServletRequest request) {
        String path = path(request);
        if (!request.getMethod().equals("GET") || !path.startsWith(SCHEMAS)) {
            return null;
        }
        return LedSchemas.file(path.substring(SCHEMAS.length()))
                .map(file -> {
                    SimpleXsdSchema schema = new SimpleXsdSchema(new ByteArrayResource(file));
                    try {
                        schema.afterPropertiesSet();
                    } catch (Exception e) {
                        throw new IllegalStateException("a schema of this program was not read", e);
                    }
                    return schema;
                })
                .orElse(null);
    }

    private static String path(HttpServletRequest request) {
        return request.getPathInfo() == null ? "/" : request.getPathInfo();
    }
}
