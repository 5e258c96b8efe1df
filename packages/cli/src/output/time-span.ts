const unitsMs: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
]

/** A length of time for people: `12 ms`, `3.2 s`, `4 min 5 s`, `2 d 3 h`. */
export function timeSpan(spanMs: number): string {
  const ms = Math.max(0, Math.round(spanMs))
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const at = unitsMs.findIndex(([, unitMs]) => ms >= unitMs)
  const [unit, unitMs] = unitsMs[at] ?? ['min', 60_000]
  const [nextUnit, nextMs] = unitsMs[at + 1] ?? ['s', 1000]
  const rest = Math.floor((ms % unitMs) / nextMs)
  return `${Math.floor(ms / unitMs)} ${unit}${rest === 0 ? '' : ` ${rest} ${nextUnit}`}`
}
