"use strict";
// Tables of class "sortable": a click on a heading sorts by it, another one turns the order round. What is sorted by is
// the cell's data-value, or else its text: numbers as numbers, and cells that are empty last either way.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = Array.from(table.tHead.rows[0].cells);
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const descending = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortRows(table.tBodies[0], column, descending);
    });
  });
}

function sortRows(body, column, descending) {
  const keyed = Array.from(body.rows, (row) => {
    const cell = row.cells[column];
    const text = (cell.dataset.value ?? cell.textContent).trim();
    return { row, text, number: text === "" ? NaN : Number(text) };
  });
  const isNumeric = keyed.every((key) => key.text === "" || !Number.isNaN(key.number));
  keyed.sort((a, b) => {
    if (a.text === "" || b.text === "") return (a.text === "") - (b.text === "");
    const order = isNumeric ? a.number - b.number : a.text.localeCompare(b.text, "en", { numeric: true });
    return descending ? -order : order;
  });
  body.append(...keyed.map((key) => key.row));
}
