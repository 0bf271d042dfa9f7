// Formulas and fonts first, then the sizes, then the slides.
const LARGEST = 30; // pixels of body text on a slide 720 pixels high
const SMALLEST = 23;
const NARROWEST = 72; // percent of a live figure's width, whose type follows it

/* Shrink the type of a full slide, within limits; everything on it is measured in em. Then its live
   figures, which have a type of their own. */
function fit(page) {
  const style = getComputedStyle(page);
  const bottom = page.clientHeight - parseFloat(style.paddingBottom);
  const overflows = () =>
    page.scrollWidth > page.clientWidth ||
    [...page.children].some((part) => part.offsetTop + part.offsetHeight > bottom);
  for (let size = LARGEST; overflows() && size >= SMALLEST; size -= 0.5) {
    page.style.fontSize = `${size}px`;
  }
  for (let width = 98; overflows() && width >= NARROWEST; width -= 2) {
    page.querySelectorAll(".live").forEach((figure) => (figure.style.width = `${width}%`));
  }
}

function fitAll() {
  document.body.classList.add("measuring");
  document.querySelectorAll(".page").forEach(fit);
  document.body.classList.remove("measuring");
}

// Live figures are drawn by module scripts, which have run once the page is parsed.
const parsed = new Promise((done) => document.addEventListener("DOMContentLoaded", done));

Promise.all([MathJax.startup.promise, parsed])
  .then(() => Promise.all([...document.fonts].map((font) => font.load())))
  .then(fitAll)
  .then(() =>
    Reveal.initialize({
      width: 1280,
      height: 720,
      margin: 0,
      center: false,
      controls: false,
      hash: true,
      slideNumber: "c/t",
      transition: "none",
      pdfSeparateFragments: false,
      plugins: [RevealNotes],
    })
  )
  .then(() => (document.documentElement.dataset.deck = "ready"));
