export const metadata = { title: "Acme" };

/** @param {{ children: import("react").ReactNode }} props */
export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <h1>Acme</h1>
        {children}
      </body>
    </html>
  );
}
