// Formulas and fonts first, then the sizes, then the slides.
const LARGEST = 30; // pixels of body text on a slide 720 pixels high
const SMALLEST = 23;

/* Shrink the type of a full slide, within limits; everything on it is measured in em. */
function fit(page) {
  const style = getComputedStyle(page);
  const bottom = page.clientHeight - parseFloat(style.paddingBottom);
  const overflows = () =>
    page.scrollWidth > page.clientWidth ||
    [...page.children].some((part) => part.offsetTop + part.offsetHeight > bottom);
  for (let size = LARGEST; overflows() && size >= SMALLEST; size -= 0.5) {
    page.style.fontSize = `${size}px`;
  }
}

function fitAll() {
  document.body.classList.add("measuring");
  document.querySelectorAll(".page").forEach(fit);
  document.body.classList.remove("measuring");
}

MathJax.startup.promise
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
