// The console's own sentences, in Japanese and English.
import en from "counter:en";
import ja from "counter:ja";
import { addWords, language } from "../shared/words";

addWords(language === "en" ? en : ja);
