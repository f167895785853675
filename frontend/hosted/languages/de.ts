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
  scopes: {
    airtable: {
      "schema.bases:read": "Den Aufbau Ihrer Bases sehen",
      "data.records:read": "Die Einträge in Ihren Bases sehen",
      "user.email:read": "Ihre E-Mail-Adresse sehen",
    },
    facebook: {
      public_profile: "Ihren Namen und Ihr Bild erhalten",
      email: "Ihre E-Mail-Adresse erhalten",
      pages_show_list: "Die Seiten sehen, die Sie verwalten",
    },
    github: {
      "read:user": "Ihr Profil lesen",
      "user:email": "Ihre E-Mail-Adressen lesen",
      "read:org": "Sehen, zu welchen Organisationen Sie gehören",
    },
    google: {
      openid: "Wissen, wer Sie bei Google sind",
      email: "Ihre E-Mail-Adresse sehen",
      profile: "Ihren Namen und Ihr Bild sehen",
      "https://www.googleapis.com/auth/drive.metadata.readonly": "Namen und Angaben der Dateien in Ihrer Ablage sehen",
    },
    hubspot: {
      oauth: "Wissen, wer Sie sind",
      "crm.objects.contacts.read": "Kontakte sehen",
      "crm.objects.companies.read": "Unternehmen sehen",
      "crm.objects.owners.read": "Die Personen in Ihrem HubSpot-Konto sehen",
    },
    microsoft: {
      openid: "Sie anmelden",
      profile: "Ihr einfaches Profil sehen",
      email: "Ihre E-Mail-Adresse sehen",
      offline_access: "Den Zugriff behalten, den Sie geben",
      "User.Read": "Ihr Profil lesen",
      "Files.Read": "Ihre Dateien lesen",
      "Team.ReadBasic.All": "Die Namen Ihrer Teams sehen",
    },
    slack: {
      "channels:read": "Öffentliche Kanäle sehen",
      "groups:read": "Private Kanäle sehen, in denen Sie sind",
      "users:read": "Die Personen in Ihrem Workspace sehen",
      "users:read.email": "Die E-Mail-Adressen der Personen in Ihrem Workspace sehen",
      "team:read": "Den Namen Ihres Workspace sehen",
    },
    spotify: {
      "user-read-private": "Ihren Namen und Ihr Profil sehen",
      "user-read-email": "Ihre E-Mail-Adresse sehen",
      "playlist-read-private": "Ihre privaten Playlists sehen",
      "playlist-read-collaborative": "Ihre gemeinsamen Playlists sehen",
    },
  },
};
