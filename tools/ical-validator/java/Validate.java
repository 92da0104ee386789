import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.model.Calendar;
import net.fortuna.ical4j.util.CompatibilityHints;
import net.fortuna.ical4j.validate.ValidationEntry;
import net.fortuna.ical4j.validate.ValidationResult;

/**
 * Reads every .ics file of a folder with ical4j, all of its leniency off, and prints one line a file:
 * `ok|error <tab> name <tab> what is wrong`. Exit code 0 says only that it could look.
 */
public final class Validate {
  public static void main(String[] args) throws Exception {
    for (String hint : List.of(
        CompatibilityHints.KEY_RELAXED_UNFOLDING,
        CompatibilityHints.KEY_RELAXED_PARSING,
        CompatibilityHints.KEY_RELAXED_VALIDATION,
        CompatibilityHints.KEY_OUTLOOK_COMPATIBILITY,
        CompatibilityHints.KEY_NOTES_COMPATIBILITY,
        CompatibilityHints.KEY_VCARD_COMPATIBILITY)) {
      CompatibilityHints.setHintEnabled(hint, false);
    }
    try (var files = Files.list(Path.of(args[0]))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".ics")).sorted().toList()) {
        String fault = faultOf(Files.readString(file, StandardCharsets.UTF_8));
        System.out.println((fault == null ? "ok" : "error") + "\t" + file.getFileName() + "\t" + (fault == null ? "" : fault));
      }
    }
  }

  private static String faultOf(String text) {
    String lines = lineFault(text);
    if (lines != null) return lines;
    try {
      Calendar calendar = new CalendarBuilder().build(new StringReader(text));
      ValidationResult result = calendar.validate(true);
      return result.hasErrors() ? join(result) : null;
    } catch (Exception error) {
      return error.getClass().getSimpleName() + ": " + String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
    }
  }

  /** What ical4j forgives in any mode: RFC 5545 3.1 wants CRLF, and lines of 75 octets at most. */
  private static String lineFault(String text) {
    if (!text.endsWith("\r\n")) return "the last line does not end in CRLF";
    for (String line : text.split("\r\n")) {
      if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) return "a line break is not CRLF";
      if (line.getBytes(StandardCharsets.UTF_8).length > 75) return "a line is longer than 75 octets";
    }
    return null;
  }

  private static String join(ValidationResult result) {
    StringBuilder all = new StringBuilder();
    for (ValidationEntry entry : result.getEntries()) all.append(entry).append("; ");
    return all.toString().replaceAll("\\s+", " ");
  }
}
