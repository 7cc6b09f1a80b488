import java.io.File;

import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.parser.PreflightParser;

/** Prints, file by file, what PDFBox Preflight holds against it as PDF/A-1b, and VALID or INVALID. */
public class Preflight {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            PreflightParser parser = new PreflightParser(new File(file));
            parser.parse();
            try (PreflightDocument document = parser.getPreflightDocument()) {
                document.validate();
                ValidationResult result = document.getResult();
                for (ValidationResult.ValidationError fault : result.getErrorsList()) {
                    System.out.println(file + ": " + fault.getErrorCode() + " " + fault.getDetails());
                }
                System.out.println(file + ": " + (result.isValid() ? "VALID" : "INVALID"));
            }
        }
    }
}
