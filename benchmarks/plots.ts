import { engineNames } from './engines/contract.ts'
import type { EngineName } from './engines/contract.ts'
import { toText } from './numbers.ts'
import type { CaseResults } from './result.ts'
import { logBars, logLogChart } from './svg.ts'
import type { Series } from './svg.ts'

const colours: Readonly<Record<EngineName, string>> = {
  floor: '#777777',
  heddle: '#0b6e4f',
  flowcraft: '#b5541c',
  langgraph: '#5a4fcf',
}

/** Names as pages show them. */
export const shownNames: Readonly<Record<EngineName, string>> = {
  floor: 'floor',
  heddle: 'Heddle',
  flowcraft: 'flowcraft',
  langgraph: 'LangGraph',
}

/** Cost per node over the length of a chain: a flat line is linear growth. Undefined where no two lengths were measured. */
export function growthPlot(results: readonly CaseResults[]): string | undefined {
  const chains = results.filter(({ id }) => /^chain-\d+$/u.test(id))
  const series = engineNames.flatMap((engine): Series[] => {
    const points = chains.flatMap(({ n, lines }) => {
      const y = lines.find((line) => line.engine === engine)?.perNodeUs
      return y === undefined ? [] : [{ x: n, y }]
    })
    return points.length < 2 ? [] : [{ name: shownNames[engine], colour: colours[engine], points }]
  })
  if (series.length === 0) return undefined
  return logLogChart(
    { title: 'Cost per node of a chain', xLabel: 'nodes', yLabel: 'µs per node (less is better; flat = linear)' },
    series,
  )
}

/** How many times the floor each engine takes. Undefined where nothing but the floor was measured. */
export function ratioPlot(results: readonly CaseResults[]): string | undefined {
  const groups = results
    .filter(({ suite, idealMs }) => suite === 'core' && idealMs === undefined)
    .flatMap(({ title, lines }) => {
      const bars = lines.flatMap(({ engine, ratioToFloor }) =>
        ratioToFloor === undefined || engine === 'floor'
          ? []
          : [
              {
                label: shownNames[engine],
                value: Math.max(1, ratioToFloor),
                text: `${toText(ratioToFloor)} ×`,
                colour: colours[engine],
              },
            ],
      )
      return bars.length === 0 ? [] : [{ name: title, bars }]
    })
  return groups.length === 0 ? undefined : logBars('Times the hand-written floor (logarithmic; less is better)', groups)
}
