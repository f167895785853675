/** On the page of a connect link: hands its ticket on in a body. Behind the `#` of an address no server sees it. */
const form = document.querySelector("form");
const field = form?.elements.namedItem("ticket");
if (form && field instanceof HTMLInputElement) {
  const open = (): void => {
    field.value = location.hash.slice(1);
    form.submit();
  };
  open();
  // Another link that is opened in the same window changes the address alone, and loads nothing.
  window.addEventListener("hashchange", open);
}
