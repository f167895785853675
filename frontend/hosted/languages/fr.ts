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
  uses: (app) =>
    `${app} l’utilisera avec la clé ou le mot de passe que vous saisissez, et pourra faire ce que cela permet.`,
  entering: (service) => `Vous saisissez ensuite ce que ${service} vous a donné, par exemple une clé d’API.`,
  toForm: "Continuer",
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
    other: (app) => ({
      title: "C’est un autre compte",
      text: `Ce n’est pas celui à reconnecter, donc rien n’a changé. ${back(app)}`,
    }),
    full: (app) => ({
      title: "Il y a trop de comptes",
      text: `Rien n’a été connecté. Déconnectez-en un dont vous n’avez pas besoin. ${back(app)}`,
    }),
    busy: () => ({ title: "Trop d’essais", text: "Attendez un instant, puis réessayez." }),
    failed: () => ({ title: "Cela n’a pas marché", text: "Rien n’a été connecté. Réessayez dans un instant." }),
    missing: () => ({ title: "Il n’y a rien ici", text: "Vérifiez l’adresse, ou revenez d’où vous venez." }),
  },
};
