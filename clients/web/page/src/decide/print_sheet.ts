/** Prints a page that is given back, and nothing of what stands around it here. */
export async function printSheet(content: Blob): Promise<void> {
  // It runs no script, its text was escaped when it was made, and its style is not one that this page may have.
  const source = (await content.text()).replace(/<style>[^<]*<\/style>/, "");
  const made = new DOMParser().parseFromString(source, "text/html");
  const sheet = document.createElement("article");
  sheet.className = "sheet";
  sheet.lang = made.documentElement.lang;
  sheet.append(...made.body.childNodes);
  const title = document.title;
  // What a browser calls the PDF.
  document.title = made.title;
  addEventListener(
    "afterprint",
    () => {
      document.title = title;
      sheet.remove();
    },
    { once: true },
  );
  document.body.append(sheet);
  print();
}
