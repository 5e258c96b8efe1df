const light = `
  --paper: #ffffff; --panel: #f5f6f8; --ink: #1b2230; --muted: #5a6577; --line: #dfe3ea; --accent: #2f6fb5;
  --warm: #c94b32; --cold: #2f6fb5; --good: #2e8b57; --bad: #c0392b; --wait: #a9b1bf; --rain: #a9c8e8;
  --type-0: #4f7fc4; --type-1: #2a9d8f; --type-2: #b8a12c; --type-3: #dd7a2e;
  --year-0: #9b7fc4; --year-1: #d98a2b; --year-2: #2e8b57; --year-3: #c94b6b;`

const dark = `
  --paper: #12161e; --panel: #1a202b; --ink: #e7ebf2; --muted: #9aa6b8; --line: #2c3442; --accent: #6cacf0;
  --warm: #ff7d61; --cold: #6cacf0; --good: #4fbf85; --bad: #ff6b5b; --wait: #6b7688; --rain: #33557a;
  --type-0: #7aa5e8; --type-1: #4cc4b4; --type-2: #d8c455; --type-3: #f39a55;
  --year-0: #bda4e6; --year-1: #f0ab55; --year-2: #5fcf94; --year-3: #f0799a;`

const page = `
  * { box-sizing: border-box }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, 'Segoe UI', Roboto, sans-serif }
  main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 56px }
  h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em }
  h2 { font-size: 1.35rem; margin: 52px 0 4px; letter-spacing: -0.005em }
  h3 { font-size: 1.02rem; margin: 0 0 2px }
  p { margin: 4px 0 12px; max-width: 76ch }
  a { color: var(--accent) }
  .lead { font-size: 1.1rem; color: var(--muted) }
  .aside { color: var(--muted); font-size: 0.88rem }
  .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px; margin: 26px 0 8px; padding: 0 }
  .tile { background: var(--panel); border-radius: 12px; padding: 16px 18px }
  .tile strong { display: block; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums }
  .tile span { color: var(--muted); font-size: 0.9rem }
  .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(430px, 100%), 1fr)); gap: 18px }
  figure { margin: 14px 0; background: var(--panel); border-radius: 12px; padding: 18px 20px; min-width: 0 }
  .pair figure { margin: 0 }
  .scroll { overflow-x: auto }
  .scroll svg { min-width: 760px }
  svg { display: block; width: 100%; height: auto; margin-top: 10px; font: 12px system-ui, 'Segoe UI', Roboto, sans-serif }
  table { border-collapse: collapse; width: 100%; font-size: 0.92rem; font-variant-numeric: tabular-nums }
  th, td { padding: 7px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
  th { color: var(--muted); font-weight: 500 }
  th:first-child, td:first-child { text-align: left }
  .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 6px 0 0; padding: 0; font-size: 0.85rem; color: var(--muted) }
  .pair { margin-top: 14px }
  .swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px }
  .swatch.round { border-radius: 50% }
  pre { overflow-x: auto; background: var(--panel); border-radius: 8px; padding: 14px; font-size: 0.8rem }
  summary { cursor: pointer; color: var(--muted) }
  footer { margin-top: 52px; padding-top: 18px; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.88rem }
  footer p { max-width: none }
  @media print { figure, .tile { break-inside: avoid; border: 1px solid var(--line) } }`

const charts = `
  svg text { fill: var(--ink) }
  svg .tick, svg .axis-title, svg .badge { fill: var(--muted) }
  svg .axis-title { font-size: 12.5px }
  svg .badge { font-size: 10.5px }
  svg .row-name, svg .value { font-weight: 600; font-size: 13px }
  .grid, .row-line { stroke: var(--line) }
  .axis { stroke: var(--muted) }
  .stroke { fill: none; stroke-width: 0.9; opacity: 0.55 }
  .warm.stroke { stroke: var(--warm) } .cold.stroke { stroke: var(--cold) }
  .mean-line { fill: none; stroke: var(--ink); stroke-width: 2; stroke-linejoin: round }
  .interval { stroke: var(--muted); stroke-width: 3; stroke-linecap: round }
  .warm.dot { fill: var(--warm) } .cold.dot { fill: var(--cold) }
  .dot { stroke: var(--panel); stroke-width: 1.5 }
  .rain { fill: var(--rain); background: var(--rain) }
  .point { opacity: 0.6 }
  .accent.dot { fill: var(--accent) } .settled.dot { fill: var(--good) }
  .accent-line { fill: none; stroke: var(--accent); stroke-width: 2 }
  .threshold { stroke: var(--good); stroke-dasharray: 5 4 }
  .bar.completed { fill: var(--good); background: var(--good) } .bar.failed { fill: var(--bad); background: var(--bad) }
  .bar.pause { stroke: var(--wait); stroke-width: 2; stroke-dasharray: 3 4; background: var(--wait) }
  .row.skipped .row-name { fill: var(--muted); font-weight: 400 }
  .node rect { fill: var(--paper); stroke: var(--good); stroke-width: 1.6 }
  .node.failed rect { stroke: var(--bad) }
  .node.skipped rect, .node.cancelled rect { stroke: var(--wait); stroke-dasharray: 4 3 }
  .node.skipped text { fill: var(--muted) }
  .node-name { font-weight: 600; font-size: 13px }
  .edge path { fill: none; stroke: var(--good); stroke-width: 1.6 }
  .edge.skipped path { stroke: var(--wait); stroke-dasharray: 4 3 }
  .edge.failed path { stroke: var(--bad) }
  .edge text { paint-order: stroke; stroke: var(--panel); stroke-width: 4px }
  .arrow { fill: var(--muted) }`

const swatches = [0, 1, 2, 3]
  .flatMap((index) =>
    ['type', 'year'].map(
      (name) => `.${name}-${index} { fill: var(--${name}-${index}); background: var(--${name}-${index}) }`,
    ),
  )
  .join(' ')

/** The style sheet of the report. Every colour is a variable: on a dark screen they are others. */
export const style = `
  :root { color-scheme: light dark; ${light} }
  @media (prefers-color-scheme: dark) { :root { ${dark} } }
  ${page}${charts}
  ${swatches}
`
