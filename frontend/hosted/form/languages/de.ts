import type { FormWords } from "../words.ts";

export const de: FormWords = {
  language: "de",
  title: (service, app) => (app === null ? `${service} verbinden` : `${service} mit ${app} verbinden`),
  kept: (service) =>
    `Was Sie eingeben, wird bei ${service} geprüft und verschlüsselt aufbewahrt. Schlüssel und Passwörter werden nie wieder angezeigt.`,
  optional: "freiwillig",
  help: "Wo das zu finden ist",
  newTab: "öffnet einen neuen Tab",
  show: (title) => `${title} anzeigen`,
  hidden: (lines) => (lines === 1 ? "Eingegeben und verdeckt: 1 Zeile" : `Eingegeben und verdeckt: ${lines} Zeilen`),
  choose: "Bitte wählen…",
  none: "Nichts davon",
  fixed: "Das bleibt für das Konto, das Sie wieder verbinden, wie es ist.",
  connect: "Verbinden",
  checking: (service) => `Wird bei ${service} geprüft…`,
  required: "Das wird gebraucht.",
  unlike: (example) =>
    example === null
      ? "Das sieht nicht richtig aus. Kopieren Sie es noch einmal, allein und ganz."
      : `Das sieht nicht richtig aus. Es sieht so aus: ${example}`,
  refused: (service) =>
    `${service} nimmt das nicht an. Es wurde nichts gespeichert. Prüfen Sie, was Sie eingegeben haben.`,
  unreachable: "Es kam keine Antwort. Prüfen Sie Ihre Internetverbindung und versuchen Sie es noch einmal.",
  unasked: (service) =>
    `${service} kann gerade nicht gefragt werden. Es wurde nichts gespeichert. Versuchen Sie es gleich noch einmal.`,
  done: (service) => ({ title: `${service} ist verbunden`, text: "Sie können dieses Fenster schließen." }),
};
