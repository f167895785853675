/** A file as text, as Vite brings it in. */
declare module "*?raw" {
  const text: string;
  export default text;
}
