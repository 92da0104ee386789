import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.IParserErrorHandler.IParseLocation;
import ca.uhn.fhir.parser.LenientErrorHandler;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.ElementDefinition.TypeRefComponent;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Validates every .json and .xml file of a folder as FHIR R4, without a network, and with the profile that its name
 * asks for: NAME.appointments.json is a bundle of IHE's, NAME.appointment.json an appointment of IHE's. A file
 * NAME.xml.read beside an XML file is what the client read from it: it must say the same. Prints a line for each
 * definition: "profile", its folder, its address and the elements in it that R4 does not know, which are left out of
 * the check; then a line for each file: "ok", or "error" with the first fault. Arguments: the folder of files, then
 * folders of definitions: of several with one address the first is used.
 */
public final class Validate {
  private static final String IHE = "https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/";
  private static final FhirContext FHIR = FhirContext.forR4();

  public static void main(String[] args) throws Exception {
    FhirValidator validator = validator(Arrays.asList(args).subList(1, args.length));
    for (Path file : files(Path.of(args[0]))) {
      String fault = fault(validator, file);
      String line = fault == null ? "ok\t" + file.getFileName() : "error\t" + file.getFileName() + "\t" + fault;
      System.out.println(line.replaceAll("[\\r\\n]+", " "));
    }
  }

  private static FhirValidator validator(List<String> folders) throws Exception {
    PrePopulatedValidationSupport ihe = new PrePopulatedValidationSupport(FHIR);
    Set<String> known = new HashSet<>();
    for (String folder : folders) {
      for (Path file : files(Path.of(folder))) {
        TreeSet<String> leftOut = new TreeSet<>();
        MetadataResource read = definition(file, leftOut);
        if (!known.add(read.getUrl())) continue;
        ihe.addResource(read);
        System.out.println(String.join("\t", "profile", folder, read.getUrl(), String.join(",", leftOut)));
      }
    }
    ValidationSupportChain chain =
        new ValidationSupportChain(
            ihe,
            new DefaultProfileValidationSupport(FHIR),
            new CommonCodeSystemsTerminologyService(FHIR),
            new InMemoryTerminologyServerValidationSupport(FHIR),
            new SnapshotGeneratingValidationSupport(FHIR));
    return FHIR.newValidator().registerValidatorModule(new FhirInstanceValidator(chain));
  }

  /** IHE's profiles have remains of R3 in them: elements R4 does not know are left out, and told. */
  private static MetadataResource definition(Path file, Set<String> leftOut) throws Exception {
    IParser parser = parser(file);
    parser.setParserErrorHandler(
        new LenientErrorHandler() {
          @Override
          public void unknownElement(IParseLocation location, String element) {
            leftOut.add(element);
          }
        });
    MetadataResource read = (MetadataResource) parser.parseResource(Files.readString(file));
    if (read instanceof StructureDefinition) joinTypes((StructureDefinition) read);
    return read;
  }

  /** R3 wrote a type for each target of a reference; R4 wants one type with all of them, and HAPI looks at the first. */
  private static void joinTypes(StructureDefinition profile) {
    for (ElementDefinition element : profile.getDifferential().getElement()) {
      Map<String, TypeRefComponent> byCode = new LinkedHashMap<>();
      for (TypeRefComponent type : element.getType()) {
        TypeRefComponent first = byCode.putIfAbsent(type.getCode(), type);
        if (first != null) type.getTargetProfile().forEach(target -> first.addTargetProfile(target.getValue()));
      }
      element.setType(new ArrayList<>(byCode.values()));
    }
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
