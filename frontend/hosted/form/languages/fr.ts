import type { FormWords } from "../words.ts";

export const fr: FormWords = {
  language: "fr",
  title: (service, app) => (app === null ? `Connecter ${service}` : `Connecter ${service} à ${app}`),
  kept: (service) =>
    `Ce que vous saisissez est vérifié auprès de ${service} et conservé chiffré. Une clé ou un mot de passe n’est plus jamais affiché.`,
  optional: "facultatif",
  help: "Où le trouver",
  newTab: "s’ouvre dans un nouvel onglet",
  show: (title) => `Afficher ${title}`,
  hidden: (lines) => (lines === 1 ? "Saisi et masqué : 1 ligne" : `Saisi et masqué : ${lines} lignes`),
  choose: "Choisissez…",
  none: "Aucun",
  fixed: "Cela reste inchangé pour le compte que vous reconnectez.",
  connect: "Connecter",
  checking: (service) => `Vérification auprès de ${service}…`,
  required: "C’est nécessaire.",
  unlike: (example) =>
    example === null
      ? "Cela ne semble pas correct. Copiez-le à nouveau, seul et en entier."
      : `Cela ne semble pas correct. Cela ressemble à ${example}`,
  refused: (service) => `${service} n’accepte pas cela. Rien n’a été enregistré. Vérifiez ce que vous avez saisi.`,
  unreachable: "Il n’y a pas eu de réponse. Vérifiez votre connexion à internet, puis réessayez.",
  unasked: (service) =>
    `${service} n’est pas joignable pour le moment. Rien n’a été enregistré. Réessayez dans un instant.`,
  done: (service) => ({ title: `${service} est connecté`, text: "Vous pouvez fermer cette fenêtre." }),
};
