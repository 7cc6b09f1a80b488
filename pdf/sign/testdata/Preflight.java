import java.io.File;

import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.parser.PreflightParser;

/** Prints what PDFBox Preflight holds against a file as PDF/A-1b, and VALID or INVALID. */
public class Preflight {
    public static void main(String[] files) throws Exception {
        PreflightParser parser = new PreflightParser(new File(files[0]));
        parser.parse();
        PreflightDocument document = parser.getPreflightDocument();
        document.validate();
        ValidationResult result = document.getResult();
        for (ValidationResult.ValidationError fault : result.getErrorsList()) {
            System.out.println(fault.getErrorCode() + " " + fault.getDetails());
        }
        System.out.println(result.isValid() ? "VALID" : "INVALID");
    }
}
