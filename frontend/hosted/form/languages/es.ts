import type { FormWords } from "../words.ts";

export const es: FormWords = {
  language: "es",
  title: (service, app) => (app === null ? `Conectar ${service}` : `Conectar ${service} a ${app}`),
  kept: (service) =>
    `Lo que introduzca se comprueba con ${service} y se guarda cifrado. Una clave o contraseña nunca se vuelve a mostrar.`,
  optional: "opcional",
  help: "Dónde encontrarlo",
  newTab: "se abre en una pestaña nueva",
  show: (title) => `Mostrar ${title}`,
  hidden: (lines) => (lines === 1 ? "Introducido y oculto: 1 línea" : `Introducido y oculto: ${lines} líneas`),
  choose: "Elija…",
  none: "Ninguno",
  fixed: "No cambia para la cuenta que vuelve a conectar.",
  connect: "Conectar",
  checking: (service) => `Comprobando con ${service}…`,
  required: "Esto es necesario.",
  unlike: (example) =>
    example === null
      ? "Esto no parece correcto. Cópielo de nuevo, solo y entero."
      : `Esto no parece correcto. Es parecido a ${example}`,
  refused: (service) => `${service} no lo acepta. No se ha guardado nada. Revise lo que ha introducido.`,
  unreachable: "No hubo respuesta. Revise su conexión a internet e inténtelo de nuevo.",
  unasked: (service) =>
    `Ahora no se puede consultar a ${service}. No se ha guardado nada. Inténtelo de nuevo en un momento.`,
  done: (service) => ({ title: `${service} está conectado`, text: "Puede cerrar esta ventana." }),
};
