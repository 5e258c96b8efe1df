/** Three significant digits, thousands apart: 0.123, 12.3, 1,234. */
export function toText(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en-US', {
    minimumFractionDigits: Math.min(digits, 3),
    maximumFractionDigits: Math.min(digits, 3),
  })
}

/** A whole number, thousands apart. */
export const toWholeText = (value: number): string => Math.round(value).toLocaleString('en-US')

/** By how much a value is above another: 2.3 %. */
export const percentOver = (value: number, base: number): string => `${((value / base - 1) * 100).toFixed(1)} %`

/** A duration in the unit that suits it: 1.23 µs, 45.6 ms. */
export const toDuration = (ms: number): string => (ms < 0.1 ? `${toText(ms * 1000)} µs` : `${toText(ms)} ms`)

/** Two ends in the unit that suits `medianMs`, which is told elsewhere. */
export const toRange = (medianMs: number, minMs: number, maxMs: number): string =>
  medianMs < 0.1 ? `${toText(minMs * 1000)} – ${toText(maxMs * 1000)}` : `${toText(minMs)} – ${toText(maxMs)}`
