import type { Words } from "../words.ts";

const back = (app: string | null): string =>
  app === null ? "Revenez d’où vous venez et recommencez." : `Revenez à ${app} et recommencez.`;

export const fr: Words = {
  language: "fr",
  loading: "Un instant…",
  title: (app) => `Connecter un compte à ${app}`,
  person: (who) => `Pour ${who}`,
  search: "Chercher un service",
  found: (count) => (count < 2 ? `${count} service` : `${count} services`),
  noneFound: "Aucun service ne porte ce nom.",
  nothing: (app) => `${app} n’a encore rien à connecter.`,
  asks: (app, service) => `${app} demande l’accès à votre compte ${service}`,
  may: "Voici ce qui sera permis :",
  decides: (service) => `${service} vous montrera de quoi il s’agit.`,
  later: (service) => `${service} vous le demandera ensuite. Vous pourrez y refuser, et retirer l’accès à tout moment.`,
  goOn: (service) => `Continuer vers ${service}`,
  leaving: (service) => `Vous allez vers ${service}…`,
  cancel: "Annuler",
  others: "Choisir un autre service",
  again: "Réessayer",
  close: "Fermer cette fenêtre",
  problems: {
    used: (app) => ({ title: "Ce lien a déjà servi", text: `Il ne sert qu’une fois. ${back(app)}` }),
    expired: (app) => ({ title: "Ce lien n’est plus valable", text: `Son délai est passé. ${back(app)}` }),
    elsewhere: (app) => ({
      title: "Cela a commencé dans un autre navigateur",
      text: `La suite ne se fait que là. ${back(app)}`,
    }),
    cancelled: (app) => ({ title: "Cela a été annulé", text: `Rien n’a été connecté. ${back(app)}` }),
    damaged: (app) => ({
      title: "Ce lien ne fonctionne pas",
      text: `Il est abîmé ou périmé depuis longtemps. ${back(app)}`,
    }),
    unavailable: (app) => ({
      title: "La connexion n’est pas possible pour le moment",
      text: `Elle n’est pas configurée. Dites-le ${app === null ? "à ceux qui vous ont envoyé ici" : `à l’équipe de ${app}`}.`,
    }),
    busy: () => ({ title: "Trop d’essais", text: "Attendez un instant, puis réessayez." }),
    failed: () => ({ title: "Cela n’a pas marché", text: "Rien n’a été connecté. Réessayez dans un instant." }),
    missing: () => ({ title: "Il n’y a rien ici", text: "Vérifiez l’adresse, ou revenez d’où vous venez." }),
  },
  scopes: {
    airtable: {
      "schema.bases:read": "Voir la structure de vos bases",
      "data.records:read": "Voir les enregistrements de vos bases",
      "user.email:read": "Voir votre adresse e-mail",
    },
    facebook: {
      public_profile: "Recevoir votre nom et votre photo",
      email: "Recevoir votre adresse e-mail",
      pages_show_list: "Voir les pages que vous gérez",
    },
    github: {
      "read:user": "Lire votre profil",
      "user:email": "Lire vos adresses e-mail",
      "read:org": "Voir à quelles organisations vous appartenez",
    },
    google: {
      openid: "Savoir qui vous êtes chez Google",
      email: "Voir votre adresse e-mail",
      profile: "Voir votre nom et votre photo",
      "https://www.googleapis.com/auth/drive.metadata.readonly":
        "Voir les noms et les détails des fichiers de votre Drive",
    },
    hubspot: {
      oauth: "Savoir qui vous êtes",
      "crm.objects.contacts.read": "Voir les contacts",
      "crm.objects.companies.read": "Voir les entreprises",
      "crm.objects.owners.read": "Voir les personnes de votre compte HubSpot",
    },
    microsoft: {
      openid: "Vous identifier",
      profile: "Voir votre profil de base",
      email: "Voir votre adresse e-mail",
      offline_access: "Garder l’accès que vous donnez",
      "User.Read": "Lire votre profil",
      "Files.Read": "Lire vos fichiers",
      "Team.ReadBasic.All": "Voir les noms de vos équipes",
    },
    slack: {
      "channels:read": "Voir les canaux publics",
      "groups:read": "Voir les canaux privés dont vous êtes membre",
      "users:read": "Voir les personnes de votre espace de travail",
      "users:read.email": "Voir les adresses e-mail des personnes de votre espace de travail",
      "team:read": "Voir le nom de votre espace de travail",
    },
    spotify: {
      "user-read-private": "Voir votre nom et votre profil",
      "user-read-email": "Voir votre adresse e-mail",
      "playlist-read-private": "Voir vos playlists privées",
      "playlist-read-collaborative": "Voir vos playlists partagées",
    },
  },
};
