// Says on the page itself how many operations are shown, for whoever looks at it with a program.
const page = document.querySelector("rapi-doc");
const look = setInterval(() => {
  const shown = page.shadowRoot?.querySelectorAll(".expanded-endpoint-body").length ?? 0;
  if (shown > 0) {
    page.dataset.operations = shown;
    clearInterval(look);
  }
}, 50);
