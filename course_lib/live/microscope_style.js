// How the microscope looks; sizes in em as in style.js.
export const CSS = `
.bench { flex-wrap: nowrap; gap: .9em; } .bench .title { line-height: 1.25; }
.pad { position: relative; width: 10.5em; height: 10.5em; outline: .2em solid var(--input); background: #000; overflow: hidden; }
.pad canvas, .seen canvas, .tile canvas, .large canvas { width: 100%; height: 100%; }
.pad canvas { touch-action: none; cursor: crosshair; } .pad canvas:focus-visible { outline-offset: -.2em; }
.hint { position: absolute; inset: 0; margin: auto; height: 1.4em; text-align: center; color: #fff; pointer-events: none; }
.pen { position: absolute; width: 1.5em; height: 1.5em; margin: -.75em; border: .15em solid #fff; border-radius: 50%; pointer-events: none; display: none; }
.pad canvas:focus-visible ~ .pen { display: block; } .pen.down { background: #fff8; }
.presets { display: grid; grid-template-columns: repeat(5, 1fr); gap: .3em; margin-top: .5em; width: 10.5em; }
.presets button { padding: .05em 0; } .tools { display: grid; gap: .4em; margin-top: .8em; } .tools button { padding: .15em 0; }
.seen { position: relative; width: 6.4em; height: 6.4em; outline: .2em solid var(--input); }
.spot { position: absolute; outline: .15em solid var(--kernel); pointer-events: none; } .spot[hidden] { display: none; }
.stages { display: flex; flex: 1; justify-content: space-between; gap: .8em; }
.stage .title { font-size: .92em; } .backward .stage .title { color: #a84300; } .tiles { display: grid; gap: .3em; }
.tile { position: relative; display: block; padding: 0; border: 0; border-radius: 0; outline: .08em solid var(--output); cursor: crosshair; touch-action: none; }
.tile.chosen { outline: .22em solid #b5179e; z-index: 1; } .tile:focus-visible { outline: .3em solid #b5179e; outline-offset: 0; z-index: 2; }
.scores { width: 8.6em; } .bench .scores .title { white-space: normal; }
.score { display: grid; grid-template-columns: minmax(.8em, max-content) 1fr 2.8em; align-items: center; gap: .35em; width: 100%; height: 1.36em; border: 0;
  padding: 0 .15em; border-radius: .2em; text-align: left; white-space: nowrap; overflow: hidden; }
.score i { height: 1em; background: #9fd5c5; } .score span:last-child { text-align: right; font-size: .85em; }
.score.best { font-weight: 700; } .score.best i { background: var(--output); } .score.chosen { outline: .17em solid #b5179e; }
.verdict { margin: .2em 0 0; font-size: 1.2em; font-weight: 600; color: #00694d; min-height: 1.4em; white-space: nowrap; }
.panel { display: flex; gap: 1.2em; align-items: center; margin-top: .5em; padding: .4em .7em; background: #f4f6f9; border-radius: .4em; min-height: 9.6em; }
.panel[hidden] { display: none; } .panel p { margin: .2em 0 0; }
.large { position: relative; flex: none; width: calc(min(1, var(--shape, 1)) * 8.4em); aspect-ratio: var(--shape, 1); max-width: 8.4em; outline: .15em solid var(--output); }
.story { flex: 0 1 21em; min-width: 16em; } .story b { font-size: 1.08em; } .number { color: #00694d; font-weight: 700; } .change { color: #a84300; font-weight: 700; }
.terms { display: flex; flex: 1; flex-wrap: wrap; gap: .35em .45em; align-items: center; justify-content: space-evenly; }
.term { text-align: center; font-size: .88em; white-space: nowrap; } .term canvas { margin: 0 auto .3em; outline: .12em solid #888; }
.term canvas.x { outline-color: var(--output); } .term canvas.k { outline: .16em solid var(--kernel); } .term canvas.g { outline: .16em solid var(--gradient); }
.names { display: grid; text-align: right; } .names span { height: 2.75em; line-height: 2.75em; } .names .sums { height: 1.3em; line-height: 1.3em; }
.many { display: grid; grid-template-columns: repeat(8, auto); gap: .3em .7em; }
.curve { width: 27em; flex: none; max-width: 100%; } .curve svg text { font-size: 19px; } .progress { font-size: 1.08em; line-height: 1.5; }
@container (max-width: 840px) {
  .bench { flex-wrap: wrap; } .stages { flex: 0 0 100%; order: 3; flex-wrap: wrap; justify-content: flex-start; gap: .6em 1.1em; }
  .panel { flex-wrap: wrap; } .story { flex: 1 1 16em; } .many { grid-template-columns: repeat(6, auto); }
}`;
