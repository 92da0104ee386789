import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Resource;

/**
 * Validates every .json and .xml file of a folder as FHIR R4, without a network, and with the profile that its name
 * asks for: NAME.appointments.json is a bundle of IHE's, NAME.appointment.json an appointment of IHE's. A file
 * NAME.xml.read beside an XML file is what the client read from it: it must say the same. Prints a line for each file:
 * "ok", or "error" with the first fault. Arguments: the folder of profiles, the folder of files.
 */
public final class Validate {
  private static final String IHE = "https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/";
  private static final FhirContext FHIR = FhirContext.forR4();

  public static void main(String[] args) throws Exception {
    FhirValidator validator = validator(Path.of(args[0]));
    for (Path file : files(Path.of(args[1]))) {
      String fault = fault(validator, file);
      String line = fault == null ? "ok\t" + file.getFileName() : "error\t" + file.getFileName() + "\t" + fault;
      System.out.println(line.replaceAll("[\\r\\n]+", " "));
    }
  }

  private static FhirValidator validator(Path profiles) throws Exception {
    PrePopulatedValidationSupport ihe = new PrePopulatedValidationSupport(FHIR);
    for (Path file : files(profiles)) ihe.addResource(parser(file).parseResource(Files.readString(file)));
    ValidationSupportChain chain =
        new ValidationSupportChain(
            ihe,
            new DefaultProfileValidationSupport(FHIR),
            new CommonCodeSystemsTerminologyService(FHIR),
            new InMemoryTerminologyServerValidationSupport(FHIR),
            new SnapshotGeneratingValidationSupport(FHIR));
    return FHIR.newValidator().registerValidatorModule(new FhirInstanceValidator(chain));
  }

  private static List<Path> files(Path folder) throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().matches(".*\\.(json|xml)")).sorted().toList();
    }
  }

  private static IParser parser(Path file) {
    IParser parser = file.toString().endsWith(".xml") ? FHIR.newXmlParser() : FHIR.newJsonParser();
    return parser.setParserErrorHandler(new StrictErrorHandler());
  }

  private static String fault(FhirValidator validator, Path file) {
    try {
      String text = Files.readString(file);
      for (SingleValidationMessage message : validator.validateWithResult(text, options(file)).getMessages()) {
        if (message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
          return message.getLocationString() + ": " + message.getMessage();
      }
      return readOtherwise(file, text);
    } catch (Exception exception) {
      return exception.toString();
    }
  }

  private static ValidationOptions options(Path file) {
    String name = file.getFileName().toString();
    if (name.contains(".appointments.")) return new ValidationOptions().addProfile(IHE + "ihe-sched-avail-bundle");
    if (name.contains(".appointment.")) return new ValidationOptions().addProfile(IHE + "ihe-sched-appt");
    return new ValidationOptions();
  }

  private static String readOtherwise(Path file, String text) throws Exception {
    Path read = Path.of(file + ".read");
    if (!Files.exists(read)) return null;
    Resource here = (Resource) parser(file).parseResource(text);
    Resource there = (Resource) FHIR.newJsonParser().parseResource(Files.readString(read));
    return here.equalsDeep(there) ? null : "the XML says something else than what was read from it";
  }
}
