import type { ScopeWords } from "../scope-languages.ts";

export const de: ScopeWords = {
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
};
