import type { Words } from "../words.ts";

const back = (app: string | null): string =>
  app === null
    ? "Gehen Sie dorthin zurück, woher Sie gekommen sind, und beginnen Sie von vorn."
    : `Gehen Sie zu ${app} zurück und beginnen Sie von vorn.`;

export const de: Words = {
  language: "de",
  loading: "Einen Moment…",
  title: (app) => `Ein Konto mit ${app} verbinden`,
  person: (who) => `Für ${who}`,
  search: "Dienste suchen",
  found: (count) => (count === 1 ? "1 Dienst" : `${count} Dienste`),
  noneFound: "So heißt kein Dienst.",
  nothing: (app) => `Bei ${app} gibt es noch nichts zu verbinden.`,
  asks: (app, service) => `${app} bittet um Zugriff auf Ihr Konto bei ${service}`,
  may: "Erlaubt wird dann:",
  decides: (service) => `${service} zeigt Ihnen, worum es geht.`,
  later: (service) =>
    `Als Nächstes fragt ${service} Sie. Sie können dort ablehnen und den Zugriff jederzeit zurücknehmen.`,
  goOn: (service) => `Weiter zu ${service}`,
  uses: (app) =>
    `${app} verwendet es mit dem Schlüssel oder dem Passwort, das Sie eingeben, und darf, was dieses erlaubt.`,
  entering: (service) =>
    `Als Nächstes geben Sie ein, was Sie von ${service} bekommen haben, zum Beispiel einen API-Schlüssel.`,
  toForm: "Weiter",
  leaving: (service) => `Weiter zu ${service}…`,
  cancel: "Abbrechen",
  others: "Anderen Dienst wählen",
  again: "Noch einmal versuchen",
  close: "Fenster schließen",
  problems: {
    used: (app) => ({ title: "Dieser Link wurde schon benutzt", text: `Er gilt einmal. ${back(app)}` }),
    expired: (app) => ({ title: "Dieser Link gilt nicht mehr", text: `Seine Zeit ist um. ${back(app)}` }),
    elsewhere: (app) => ({
      title: "Das wurde in einem anderen Browser begonnen",
      text: `Es geht nur dort weiter. ${back(app)}`,
    }),
    cancelled: (app) => ({ title: "Das wurde abgebrochen", text: `Es wurde nichts verbunden. ${back(app)}` }),
    damaged: (app) => ({
      title: "Dieser Link funktioniert nicht",
      text: `Er ist beschädigt oder längst abgelaufen. ${back(app)}`,
    }),
    unavailable: (app) => ({
      title: "Das kann gerade nicht verbunden werden",
      text: `Es ist nicht eingerichtet. Sagen Sie es denen, die ${app === null ? "Sie hierher geschickt haben" : `${app} betreiben`}.`,
    }),
    other: (app) => ({
      title: "Das ist ein anderes Konto",
      text: `Es ist nicht das, das wieder verbunden werden soll. Es wurde nichts geändert. ${back(app)}`,
    }),
    full: (app) => ({
      title: "Es sind zu viele Konten",
      text: `Es wurde nichts verbunden. Trennen Sie eines, das Sie nicht brauchen. ${back(app)}`,
    }),
    busy: () => ({ title: "Zu viele Versuche", text: "Warten Sie einen Moment und versuchen Sie es noch einmal." }),
    failed: () => ({
      title: "Das hat nicht geklappt",
      text: "Es wurde nichts verbunden. Versuchen Sie es gleich noch einmal.",
    }),
    missing: () => ({
      title: "Hier ist nichts",
      text: "Prüfen Sie die Adresse, oder gehen Sie dorthin zurück, woher Sie gekommen sind.",
    }),
  },
};
